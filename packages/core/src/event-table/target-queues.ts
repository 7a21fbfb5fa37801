import type { LeftReason } from "../report/sweep-event.js";
import type { DueEvent } from "./due-event.js";

/** How an event stays in the schedule: behind an older event that failed, or untried or postponed as the older one is. */
export type Blocked = Exclude<LeftReason, "backing-off">;

type TargetQueue = BusyQueue | BlockedQueue | FreedQueue;

interface BusyQueue extends NewerEvents {
  readonly state: "busy";
  first: DueEvent;
  readonly waiting: DueEvent[];
}

interface BlockedQueue extends NewerEvents {
  readonly state: "blocked";
  /** The key of the event that stayed. */
  readonly by: string;
  readonly how: Blocked;
  /** This listing has met it. */
  isMet: boolean;
}

/** The blocking event has gone: the event that is listed first is next. */
interface FreedQueue extends NewerEvents {
  readonly state: "freed";
  by: string;
}

/** Newer events that stayed. */
interface NewerEvents {
  /** The number of listings that had ended when some stayed. The next two listings meet them. */
  stayedAt: number | undefined;
  /** The number of the listing during which one came due and stayed. That listing does not meet it again. */
  stayedDueIn: number | undefined;
}

const MOST_TRACKED_TARGETS = 100_000;

/**
 * Keeps the events of each target in order: the next event starts only when the older one is delivered and its delete
 * confirmed, and stays if the older one stays. Targets beyond `mostTargets` are not tracked; then
 * `isOrderUncertain` is true. Pure and synchronous.
 */
export class TargetQueues {
  isOrderUncertain = false;
  readonly #mostTargets: number;
  readonly #queues = new Map<string, TargetQueue>();
  #listings = 0;
  #startedListings = 0;

  constructor(mostTargets = MOST_TRACKED_TARGETS) {
    this.#mostTargets = mostTargets;
  }

  /** `isListed`: the event comes in the order of the listing, and not because its instant has come. */
  admit(event: DueEvent, isListed: boolean): "start" | "wait" | Blocked {
    const queue = this.#queues.get(event.target);
    if (queue === undefined) {
      if (this.#queues.size < this.#mostTargets) this.#start(event, NONE);
      else this.isOrderUncertain = true;
      return "start";
    }
    const isInOrder = isListed && queue.stayedDueIn !== this.#startedListings;
    if (queue.state === "busy" && (isInOrder || !this.#hasUnlisted(queue))) {
      queue.waiting.push(event);
      return "wait";
    }
    if (queue.state !== "busy" && queue.by === event.key) {
      this.#start(event, queue);
      return "start";
    }
    queue.stayedAt = this.#listings;
    if (!isListed || queue.state === "busy") queue.stayedDueIn = this.#startedListings;
    // Only a blocked queue has failed: behind one that goes on, this event must not count as tried.
    return queue.state === "blocked" ? staysAs(event, queue.by, queue.how) : "postponed";
  }

  /** The event has left the schedule. Returns the next event of its target. */
  finish(event: DueEvent): DueEvent | undefined {
    const queue = this.#queueOf(event);
    const next = queue?.waiting.shift();
    if (queue === undefined) return undefined;
    if (next !== undefined) queue.first = next;
    else if (this.#hasUnlisted(queue)) this.#free(event.target, event.key, queue);
    else this.#queues.delete(event.target);
    return next;
  }

  /** The event stays. Returns the events that waited behind it: they stay too, and so does every newer one. */
  block(event: DueEvent, how: Blocked): readonly DueEvent[] {
    const queue = this.#queueOf(event);
    if (queue === undefined) return NOTHING;
    const { waiting, stayedDueIn } = queue;
    const stayedAt = waiting.length > 0 ? this.#listings : queue.stayedAt;
    const { target, key: by } = event;
    this.#queues.set(target, { state: "blocked", by, isMet: true, how, stayedAt, stayedDueIn });
    return waiting;
  }

  hasWaiting(event: DueEvent): boolean {
    return (this.#queueOf(event)?.waiting.length ?? 0) > 0;
  }

  /** A listing has met the event: a failed event still blocks its target; the first event after a vanished one unblocks it. */
  seen({ target, key }: DueEvent): void {
    const queue = this.#queues.get(target);
    if (queue?.state === "freed") queue.by = key;
    else if (queue?.state === "blocked" && queue.by === key) queue.isMet = true;
  }

  clear(): readonly DueEvent[] {
    return [...this.#queues.values()].flatMap((queue) =>
      queue.state === "busy" ? queue.waiting.splice(0) : [],
    );
  }

  startListing(): void {
    this.#startedListings += 1;
  }

  /** Everything has been listed again: an event that failed and was not met again stops blocking its target. */
  endListing(): void {
    this.#listings += 1;
    for (const [target, queue] of this.#queues) {
      if (queue.state === "freed" && !this.#hasUnlisted(queue)) this.#queues.delete(target);
      else if (queue.state === "blocked" && !queue.isMet) this.#free(target, queue.by, queue);
      else if (queue.state === "blocked") queue.isMet = false;
    }
  }

  #start(first: DueEvent, { stayedAt, stayedDueIn }: NewerEvents): void {
    this.#queues.set(first.target, { state: "busy", first, waiting: [], stayedAt, stayedDueIn });
  }

  /** Newer events that stayed keep their places until they are listed again. */
  #free(target: string, by: string, { stayedAt, stayedDueIn }: NewerEvents): void {
    this.#queues.set(target, { state: "freed", by, stayedAt, stayedDueIn });
  }

  #hasUnlisted({ stayedAt }: NewerEvents): boolean {
    return stayedAt !== undefined && this.#listings < stayedAt + 2;
  }

  /** `undefined` past the limit of tracked targets. */
  #queueOf(event: DueEvent): BusyQueue | undefined {
    const queue = this.#queues.get(event.target);
    return queue?.state === "busy" && queue.first === event ? queue : undefined;
  }
}

/**
 * How an event stays because of another event of its target. An older one, which may be met later when the range of the sweep grows,
 * is not blocked by a newer one: it had no try, and must not count as tried.
 */
export function staysAs(event: DueEvent, byKey: string, how: Blocked): Blocked {
  return how === "blocked" && event.key < byKey ? "postponed" : how;
}

const NONE: NewerEvents = { stayedAt: undefined, stayedDueIn: undefined };
const NOTHING: readonly DueEvent[] = [];

import type { LeftReason } from "../report/sweep-event.js";
import type { DueEvent } from "./event-states.js";

/** How an event stays in the schedule: behind an older event that failed, or untried or postponed as the older one is. */
export type Blocked = Exclude<LeftReason, "backing-off">;

interface TargetQueue {
  /** The event in flight; `undefined` once one has failed. */
  first: DueEvent | undefined;
  waiting: DueEvent[];
  /** The key of the event that stayed. */
  blockedBy: string | undefined;
  /** How newer events stay with it. */
  how: Blocked;
  /** This listing has met the event that stayed. */
  isFresh: boolean;
  /** The blocking event has gone: the event that is listed first is next. */
  isStale: boolean;
  /** The number of listings that had ended when newer events stayed. The next two listings meet them. */
  stayedAt: number | undefined;
  /** The number of the listing during which an event came due and stayed. That listing does not meet it again. */
  stayedDueIn: number | undefined;
}

const MOST_TRACKED_TARGETS = 100_000;

/**
 * Keeps the events of each target in order: the next event starts only when the older one is delivered and its delete
 * confirmed, and stays if the older one stays. Targets beyond `mostTargets` are not tracked; then
 * `isOrderUncertain` is true. Pure and synchronous.
 */
export class TargetQueues {
  readonly #mostTargets: number;
  readonly #queues = new Map<string, TargetQueue>();
  #listings = 0;
  #startedListings = 0;
  #isOrderUncertain = false;

  constructor(mostTargets = MOST_TRACKED_TARGETS) {
    this.#mostTargets = mostTargets;
  }

  get isOrderUncertain(): boolean {
    return this.#isOrderUncertain;
  }

  /**
   * Returns what a new event does: it starts, waits behind an older one, or stays as an older one does. `isListed`: it comes
   * in the order of the listing, and not because its instant has come.
   */
  admit(event: DueEvent, isListed: boolean): "start" | "wait" | Blocked {
    const { target, key } = event;
    const queue = this.#queues.get(target);
    if (queue === undefined) {
      if (this.#queues.size < this.#mostTargets) this.#queues.set(target, newQueue(event));
      else this.#isOrderUncertain = true;
      return "start";
    }
    const isInOrder = isListed && queue.stayedDueIn !== this.#startedListings;
    const mayOvertake = !isInOrder && this.#hasUnlisted(queue);
    if (queue.first !== undefined && !mayOvertake) {
      queue.waiting.push(event);
      return "wait";
    }
    if (queue.first !== undefined || queue.blockedBy !== key) {
      queue.stayedAt = this.#listings;
      if (!isListed) queue.stayedDueIn = this.#startedListings;
      return queue.how;
    }
    queue.first = event;
    queue.blockedBy = undefined;
    queue.isStale = false;
    return "start";
  }

  /** The event has left the schedule. Returns the next event of its target. */
  finish(event: DueEvent): DueEvent | undefined {
    const queue = this.#queueOf(event);
    if (queue === undefined) return undefined;
    queue.first = queue.waiting.shift();
    if (queue.first === undefined) this.#end(queue, event);
    return queue.first;
  }

  /** The event stays. Returns the events that waited behind it: they stay too, and so does every newer one. */
  block(event: DueEvent, how: Blocked): readonly DueEvent[] {
    const queue = this.#queueOf(event);
    if (queue === undefined) return [];
    queue.first = undefined;
    queue.blockedBy = event.key;
    queue.how = how;
    queue.isFresh = true;
    queue.isStale = false;
    if (queue.waiting.length > 0) queue.stayedAt = this.#listings;
    return queue.waiting.splice(0);
  }

  hasWaiting(event: DueEvent): boolean {
    return (this.#queueOf(event)?.waiting.length ?? 0) > 0;
  }

  /** A listing has met the event: a failed event still blocks its target; the first event after a vanished one unblocks it. */
  seen({ target, key }: DueEvent): void {
    const queue = this.#queues.get(target);
    if (queue === undefined || queue.first !== undefined) return;
    if (queue.blockedBy === key) queue.isFresh = true;
    else if (queue.isStale) queue.blockedBy = key; // it is next
  }

  /** Returns every waiting event and removes it from its queue. */
  clear(): readonly DueEvent[] {
    return [...this.#queues.values()].flatMap((queue) => queue.waiting.splice(0));
  }

  /** Everything is about to be listed again. */
  startListing(): void {
    this.#startedListings += 1;
  }

  /** Everything has been listed again: an event that failed and was not met again stops blocking its target. */
  endListing(): void {
    this.#listings += 1;
    for (const [target, queue] of this.#queues) {
      if (queue.first !== undefined) continue;
      if (queue.isStale && !this.#hasUnlisted(queue)) this.#queues.delete(target);
      queue.isStale ||= !queue.isFresh;
      queue.isFresh = false;
    }
  }

  /** Newer events that stayed keep their places until they are listed again. */
  #end(queue: TargetQueue, { target, key }: DueEvent): void {
    if (!this.#hasUnlisted(queue)) this.#queues.delete(target);
    queue.blockedBy = key;
    queue.how = "blocked";
    queue.isStale = true;
  }

  #hasUnlisted({ stayedAt }: TargetQueue): boolean {
    return stayedAt !== undefined && this.#listings < stayedAt + 2;
  }

  /** `undefined` past the limit of tracked targets. */
  #queueOf(event: DueEvent): TargetQueue | undefined {
    const queue = this.#queues.get(event.target);
    return queue?.first === event ? queue : undefined;
  }
}

function newQueue(first: DueEvent): TargetQueue {
  return {
    first,
    waiting: [],
    blockedBy: undefined,
    how: "blocked",
    isFresh: false,
    isStale: false,
    stayedAt: undefined,
    stayedDueIn: undefined,
  };
}

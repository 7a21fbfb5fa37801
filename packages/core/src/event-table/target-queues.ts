import type { DueEvent } from "./due-event.js";

/** How an event stays in the schedule: behind an older event that failed, or untried or postponed as the older one is. */
export type Blocked = "blocked" | "untried" | "postponed";

/** An item of a target queue. */
interface Queued {
  readonly event: DueEvent;
}

interface TargetQueue<T extends Queued> {
  /** The event in flight; `undefined` once one has failed. */
  first: T | undefined;
  waiting: T[];
  /** The key of the event that stayed, how newer events stay with it, and whether this listing has met it. */
  blockedBy: string | undefined;
  how: Blocked;
  isFresh: boolean;
  /** The blocking event has gone: the event that is listed first is next. */
  isStale: boolean;
  /** Newer events stayed when so many listings had ended: the next two listings meet them. */
  stayedAt: number | undefined;
  /** An event whose instant came stayed in this listing, which meets it no more. */
  stayedDueIn: number | undefined;
}

/**
 * Keeps the events of each target in order: the next event starts only when the older one is delivered and its delete
 * confirmed, and stays if the older one stays. Targets beyond `mostTargets` at once are not tracked; then
 * `isOrderUncertain` is true. Pure and synchronous.
 */
export class TargetQueues<T extends Queued> {
  readonly #mostTargets: number;
  readonly #queues = new Map<string, TargetQueue<T>>();
  #listings = 0;
  #startedListings = 0;
  #isOrderUncertain = false;

  constructor(mostTargets: number) {
    this.#mostTargets = mostTargets;
  }

  get isOrderUncertain(): boolean {
    return this.#isOrderUncertain;
  }

  /**
   * Returns what a new event does: it starts, waits behind an older one, or stays as an older one does. `isListed`: it comes
   * in the order of the listing, and not because its instant has come.
   */
  admit(item: T, isListed: boolean): "start" | "wait" | Blocked {
    const { target, key } = item.event;
    const queue = this.#queues.get(target);
    if (queue === undefined) {
      if (this.#queues.size < this.#mostTargets) this.#queues.set(target, newQueue(item));
      else this.#isOrderUncertain = true;
      return "start";
    }
    const isInOrder = isListed && queue.stayedDueIn !== this.#startedListings;
    const mayOvertake = !isInOrder && this.#hasUnlisted(queue);
    if (queue.first !== undefined && !mayOvertake) {
      queue.waiting.push(item);
      return "wait";
    }
    if (queue.first !== undefined || queue.blockedBy !== key) {
      queue.stayedAt = this.#listings;
      if (!isListed) queue.stayedDueIn = this.#startedListings;
      return queue.how;
    }
    queue.first = item;
    queue.blockedBy = undefined;
    queue.isStale = false;
    return "start";
  }

  /** The event has left the schedule. Returns the next event of its target. */
  finish(item: T): T | undefined {
    const queue = this.#queueOf(item);
    if (queue === undefined) return undefined;
    queue.first = queue.waiting.shift();
    if (queue.first === undefined) this.#end(queue, item.event);
    return queue.first;
  }

  /** The event stays. Returns the events that waited behind it: they stay too, and so does every newer one. */
  block(item: T, how: Blocked): readonly T[] {
    const queue = this.#queueOf(item);
    if (queue === undefined) return [];
    queue.first = undefined;
    queue.blockedBy = item.event.key;
    queue.how = how;
    queue.isFresh = true;
    queue.isStale = false;
    if (queue.waiting.length > 0) queue.stayedAt = this.#listings;
    return queue.waiting.splice(0);
  }

  hasWaiting(item: T): boolean {
    return (this.#queueOf(item)?.waiting.length ?? 0) > 0;
  }

  /** A listing has met the event: a failed event still blocks its target; the first event after a vanished one unblocks it. */
  seen({ target, key }: DueEvent): void {
    const queue = this.#queues.get(target);
    if (queue === undefined || queue.first !== undefined) return;
    if (queue.blockedBy === key) queue.isFresh = true;
    else if (queue.isStale) queue.blockedBy = key; // it is next
  }

  /** Returns every waiting event and removes it from its queue. */
  clear(): readonly T[] {
    return [...this.#queues.values()].flatMap((queue) => queue.waiting.splice(0));
  }

  /** Everything is about to be listed again. */
  startListing(): void {
    this.#startedListings += 1;
  }

  /** Everything has been listed once more: an event that failed and was not met again stops blocking its target. */
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
  #end(queue: TargetQueue<T>, { target, key }: DueEvent): void {
    if (!this.#hasUnlisted(queue)) this.#queues.delete(target);
    queue.blockedBy = key;
    queue.how = "blocked";
    queue.isStale = true;
  }

  #hasUnlisted({ stayedAt }: TargetQueue<T>): boolean {
    return stayedAt !== undefined && this.#listings < stayedAt + 2;
  }

  /** `undefined` past the limit of tracked targets. */
  #queueOf(item: T): TargetQueue<T> | undefined {
    const queue = this.#queues.get(item.event.target);
    return queue?.first === item ? queue : undefined;
  }
}

function newQueue<T extends Queued>(first: T): TargetQueue<T> {
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

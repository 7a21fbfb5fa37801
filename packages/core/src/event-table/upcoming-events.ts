import type { DueEvent } from "./due-event.js";

interface Upcoming {
  readonly event: DueEvent;
}

/** Events whose turn comes at their instant, in order of their instants; at most `most` of them. Pure and synchronous. */
export class UpcomingEvents<T extends Upcoming> {
  readonly #most: number;
  readonly #items: T[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#items.length;
  }

  /** When the first is due, in epoch milliseconds; `undefined` if there is none. */
  get nextMs(): number | undefined {
    return this.#items[0]?.event.atMs;
  }

  /** Since when the oldest could have been delivered; infinite if there is none. */
  get sinceMs(): number {
    let sinceMs = Number.POSITIVE_INFINITY;
    for (const { event } of this.#items) sinceMs = Math.min(sinceMs, event.sinceMs);
    return sinceMs;
  }

  /** Half of the room is free: enough that it pays to list again for the events that had no room. */
  get isHalfEmpty(): boolean {
    return this.#items.length <= this.#most / 2;
  }

  /** Adds an item in its place. Returns the item that has no room: the latest, which may be the new one. */
  add(item: T): T | undefined {
    const position = this.#positionOf(item.event);
    this.#items.splice(position, 0, item);
    return this.#items.length > this.#most ? this.#items.pop() : undefined;
  }

  /** Removes and returns the first item if it is due. */
  takeDue(nowMs: number): T | undefined {
    const first = this.#items[0];
    return first !== undefined && first.event.atMs <= nowMs ? this.#items.shift() : undefined;
  }

  /** Removes and returns all items. */
  clear(): readonly T[] {
    return this.#items.splice(0);
  }

  #positionOf(event: DueEvent): number {
    let [low, high] = [0, this.#items.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#items[middle]?.event;
      if (other !== undefined && isBefore(other, event)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** By due instant, then as listed. */
function isBefore(one: DueEvent, other: DueEvent): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.key < other.key);
}

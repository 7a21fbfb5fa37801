import type { DueEvent } from "./due-event.js";

/** Events that wait for their instants, or are due and wait for room: in order of their instants, at most `most` of them. */
export class UpcomingEvents {
  readonly #most: number;
  readonly #events: DueEvent[] = [];
  #isCut = false;

  constructor(most: number) {
    this.#most = most;
  }

  /** When the first is due, in epoch milliseconds; infinite without events. */
  get nextMs(): number {
    return this.#events[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  get sinceMs(): number {
    return oldestSinceMs(this.#events);
  }

  /** Events had no room in this listing, and enough of it is free now that it pays to list again. */
  get isWorthListing(): boolean {
    return this.#isCut && this.#events.length <= this.#most / 2;
  }

  startListing(): void {
    this.#isCut = false;
  }

  /** Adds an event in its place. Returns the event that has no room: the latest, which may be the new one. */
  add(event: DueEvent): DueEvent | undefined {
    const before = this.#events.findLastIndex((other) => isBefore(other, event));
    this.#events.splice(before + 1, 0, event);
    if (this.#events.length <= this.#most) return undefined;
    this.#isCut = true;
    return this.#events.pop();
  }

  takeDue(nowMs: number): DueEvent | undefined {
    return this.nextMs <= nowMs ? this.#events.shift() : undefined;
  }

  clear(): readonly DueEvent[] {
    return this.#events.splice(0);
  }
}

/** By due instant, then as listed. */
function isBefore(one: DueEvent, other: DueEvent): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.key < other.key);
}

/** Since when the oldest could have been delivered; infinite without events. */
export function oldestSinceMs(events: readonly DueEvent[]): number {
  return Math.min(...events.map(({ sinceMs }) => sinceMs));
}

import type { TrackedEvent } from "./tracked-event.js";

/**
 * Which events a sweep knows, so that listing the schedule again admits none of them twice. An event that has left the table
 * stays known until the listing has passed its key: the page that shows it may be older. Pure and synchronous.
 */
export class KnownEvents {
  readonly #listsAgain: boolean;
  readonly #tracked = new Map<string, TrackedEvent>();
  readonly #released = new Set<string>();
  #listedThrough = "";

  /**
   * A sweep that lists once meets each key once, so it keeps nothing: a `Map` through which every event passes would let V8
   * promote each event, with its promises, to the old generation (a tenth of the CPU).
   */
  constructor(listsAgain: boolean) {
    this.#listsAgain = listsAgain;
  }

  /** The listing has met this key. Returns whether, and how, the sweep knows it. */
  meet(key: string): TrackedEvent | "released" | undefined {
    if (!this.#listsAgain) return undefined;
    this.#listedThrough = key;
    return this.#tracked.get(key) ?? (this.#released.has(key) ? "released" : undefined);
  }

  track(tracked: TrackedEvent): void {
    if (this.#listsAgain) this.#tracked.set(tracked.event.key, tracked);
  }

  /** The event leaves the table. */
  release(tracked: TrackedEvent): void {
    const { key } = tracked.event;
    tracked.state = "left";
    if (!this.#listsAgain) return;
    this.#tracked.delete(key);
    // Ids are ASCII and the rest of the key is the same for all: JavaScript orders them as a listing does.
    if (key > this.#listedThrough) this.#released.add(key);
  }

  /** The event should be met again. */
  forget(tracked: TrackedEvent): void {
    tracked.state = "left";
    this.#tracked.delete(tracked.event.key);
  }

  /** A new listing starts with the first key: its pages are newer than everything that was released. */
  startListing(): void {
    this.#released.clear();
    this.#listedThrough = "";
  }
}

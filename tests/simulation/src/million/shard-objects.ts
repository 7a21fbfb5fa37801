import type { DeleteResult, ListPage } from "@keywhen/core/store";
import type { ShardEvents } from "./shard-events.js";
import type { StoreTally } from "./store-tally.js";

const PENDING = 0;
const COPIED = 1;
const DELETED = 2;
const PAGE_OBJECTS = 1_000;

/** One shard's objects, at one byte an event. */
export class ShardObjects {
  readonly #events: ShardEvents;
  readonly #tally: StoreTally;
  readonly #states: Uint8Array;

  constructor(events: ShardEvents, tally: StoreTally) {
    this.#events = events;
    this.#tally = tally;
    this.#states = new Uint8Array(events.count);
  }

  list(startAfter: string): ListPage {
    const objects = [];
    let position = this.#events.positionOf(startAfter) + 1;
    for (; position < this.#events.count && objects.length < PAGE_OBJECTS; position++) {
      if (this.#states[position] === DELETED) continue;
      objects.push({ key: this.#events.key(position), size: 256, lastModified: new Date(0) });
    }
    return { objects, more: position < this.#events.count };
  }

  copy(key: string, elapsedMs: number): void {
    const position = this.#events.positionOf(key);
    const tally = this.#tally;
    tally.copies += 1;
    if (this.#states[position] !== PENDING) tally.repeats += 1;
    this.#states[position] = Math.max(COPIED, this.#states[position] ?? 0);
    tally.lastCopyMs = elapsedMs;
    const tenth = Math.floor(elapsedMs / 100);
    tally.perTenth[tenth] = (tally.perTenth[tenth] ?? 0) + 1;
  }

  /** Throws if the event was never copied: the sweep lost it. */
  delete(key: string, elapsedMs: number): DeleteResult {
    const position = this.#events.positionOf(key);
    if (this.#states[position] !== COPIED) throw new Error(`${key} was deleted, but not copied`);
    this.#states[position] = DELETED;
    this.#tally.lastDeleteMs = elapsedMs;
    return { outcome: "gone" };
  }
}

import type { DueEvent } from "./due-event.js";
import { Lane, type LaneDestination, type LaneOptions } from "./lane.js";

const NO_LANES: ReadonlyMap<string, LaneDestination> = new Map();
const NEVER = Number.POSITIVE_INFINITY;

/** The lanes of a table, by the names of their destinations. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();

  /** `mostInMemory`: of the whole table. All lanes together may fill half of that; the rest is for copies. */
  constructor(
    mostInMemory: number,
    options: Omit<LaneOptions, "mostOnTheWay">,
    destinations = NO_LANES,
  ) {
    const mostOnTheWay = Math.max(1, Math.floor(mostInMemory / 2 / destinations.size));
    for (const [name, destination] of destinations) {
      this.#lanes.set(name, new Lane(destination, { ...options, mostOnTheWay }));
    }
  }

  get isEmpty(): boolean {
    return this.#lanes.size === 0;
  }

  /** The lane of a destination; `undefined` for a bucket. */
  of(name: string): Lane | undefined {
    return this.#lanes.get(name);
  }

  get mayRefill(): boolean {
    for (const { mayRefill } of this.#lanes.values()) if (mayRefill) return true;
    return false;
  }

  /** The lanes that have room again for what they left up to this key. */
  worthRefilling(throughKey: string): readonly Lane[] {
    return [...this.#lanes.values()].filter((lane) => lane.isWorthRefilling(throughKey));
  }

  /** Since when the first event that was left in the schedule could have been delivered; infinite without such an event. */
  get leftSinceMs(): number {
    let sinceMs = NEVER;
    for (const { left } of this.#lanes.values()) sinceMs = Math.min(sinceMs, left.sinceMs);
    return sinceMs;
  }

  get hasReady(): boolean {
    for (const lane of this.#lanes.values()) if (lane.hasReady) return true;
    return false;
  }

  /** Since when the oldest event that waits could have been delivered; infinite without events. */
  get sinceMs(): number {
    return Math.min(...[...this.#lanes.values()].map(({ sinceMs }) => sinceMs));
  }

  /** When calls may become possible although nothing has ended (monotonic); otherwise infinite. */
  nextMs(nowMs: number): number {
    let nextMs = NEVER;
    for (const lane of this.#lanes.values()) nextMs = Math.min(nextMs, lane.nextMs(nowMs));
    return nextMs;
  }

  startListing(): void {
    for (const { left } of this.#lanes.values()) left.startListing();
  }

  endListing(): void {
    for (const { left } of this.#lanes.values()) left.endListing();
  }

  [Symbol.iterator](): Iterator<Lane> {
    return this.#lanes.values();
  }

  clear(): readonly DueEvent[] {
    return [...this.#lanes.values()].flatMap((lane) => lane.clear());
  }
}

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

  /** Whether the listing should wait until a lane has room. */
  get holdUp(): boolean {
    for (const lane of this.#lanes.values()) if (lane.holdsUp) return true;
    return false;
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

  clear(): readonly DueEvent[] {
    return [...this.#lanes.values()].flatMap((lane) => lane.clear());
  }
}

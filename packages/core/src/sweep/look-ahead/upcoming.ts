import type { DueEvent } from "../due-event.js";

/** Events that will be due, in the order in which they will be; bounded. */
export interface Upcoming {
  readonly size: number;
  /** When the first is due, in epoch milliseconds; `undefined` if none waits. */
  readonly nextMs: number | undefined;
  /** Some had no room: as soon as it drains, the schedule must be listed again. */
  readonly isCut: boolean;
  /** Half of it is free: enough that listing again for those that had no room is worth it. */
  readonly hasRoom: boolean;
  has(key: string): boolean;
  /** False if there is no room for it, nor for what comes after it. */
  add(event: DueEvent): boolean;
  /** Takes out all that are due at an instant. */
  takeDue(nowMs: number): readonly DueEvent[];
  /** Takes out all there are. */
  clear(): readonly DueEvent[];
  /** What had no room is about to be listed again. */
  forgetCut(): void;
}

/** By due instant, then as they are listed. */
function isBefore(one: DueEvent, other: DueEvent): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.key < other.key);
}

export function createUpcoming(most: number): Upcoming {
  const events: DueEvent[] = [];
  const keys = new Set<string>();
  let isCut = false;

  const placeOf = (event: DueEvent): number => {
    let [low, high] = [0, events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = events[middle];
      if (other !== undefined && isBefore(other, event)) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const takeOut = (count: number) => {
    const taken = events.splice(0, count);
    for (const { key } of taken) keys.delete(key);
    return taken;
  };

  return {
    get size() {
      return events.length;
    },
    get nextMs() {
      return events[0]?.atMs;
    },
    get isCut() {
      return isCut;
    },
    get hasRoom() {
      return events.length <= most / 2;
    },
    has: (key) => keys.has(key),
    add(event) {
      const place = placeOf(event);
      if (events.length === most) {
        isCut = true;
        const last = events.at(-1);
        if (place === most || last === undefined) return false;
        events.pop(); // the latest makes room for an earlier one, and is listed again
        keys.delete(last.key);
      }
      events.splice(place, 0, event);
      keys.add(event.key);
      return true;
    },
    takeDue(nowMs) {
      const first = events.findIndex(({ atMs }) => atMs > nowMs);
      return takeOut(first < 0 ? events.length : first);
    },
    clear: () => takeOut(events.length),
    forgetCut() {
      isCut = false;
    },
  };
}

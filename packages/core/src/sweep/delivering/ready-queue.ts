import type { DueEvent } from "../due-event.js";
import { createFifo } from "./fifo.js";
import type { SlowBuckets } from "./slow-buckets.js";

/**
 * Events that may start, in the order in which they came; only that target buckets which fail slowly keep no others
 * waiting: together they get an eighth of what may be under way.
 */
export interface ReadyQueue {
  /** Those that wait for nothing but their turn. */
  readonly size: number;
  /** Those that wait because their bucket fails slowly. */
  readonly behindSlow: number;
  /** Since when the eldest could have been delivered; infinite if there is none. */
  readonly sinceMs: number;
  add(event: DueEvent): void;
  addFirst(event: DueEvent): void;
  /** The next one to start, where `limit` may be under way in all. */
  take(limit: number): DueEvent | undefined;
  /** What was taken has ended. */
  ended(event: DueEvent): void;
  /** Takes all of them out. */
  clear(): readonly DueEvent[];
}

export interface ReadyQueueOptions {
  readonly slowBuckets: SlowBuckets;
  /** An event that can't wait here: too many do already behind buckets that fail slowly. */
  readonly onNoRoom: (event: DueEvent) => void;
}

const SHARE = 1 / 8;
const MOST_BEHIND_SLOW = 500;

export function createReadyQueue({ slowBuckets, onNoRoom }: ReadyQueueOptions): ReadyQueue {
  const queue = createFifo<DueEvent>();
  const behindSlow: DueEvent[] = [];
  const slowUnderWay = new Set<DueEvent>();

  const hasSlowTurn = (limit: number) => slowUnderWay.size < Math.max(1, Math.floor(limit * SHARE));

  const takeBehindSlow = (limit: number) => {
    const [first] = behindSlow;
    if (first === undefined) return undefined;
    const isSlow = slowBuckets.has(first.to.bucket);
    if (isSlow && !hasSlowTurn(limit)) return undefined;
    if (isSlow) slowUnderWay.add(first);
    return behindSlow.shift();
  };

  const takeNext = (limit: number) => {
    for (let event = queue.take(); event !== undefined; event = queue.take()) {
      if (!slowBuckets.has(event.to.bucket)) return event;
      if (hasSlowTurn(limit)) {
        slowUnderWay.add(event);
        return event;
      }
      if (behindSlow.length < MOST_BEHIND_SLOW) behindSlow.push(event);
      else onNoRoom(event);
    }
    return undefined;
  };

  return {
    get size() {
      return queue.size;
    },
    get behindSlow() {
      return behindSlow.length;
    },
    get sinceMs() {
      return [...behindSlow, ...queue].reduce(
        (eldest, { sinceMs }) => Math.min(eldest, sinceMs),
        Number.POSITIVE_INFINITY,
      );
    },
    add: queue.add,
    addFirst: queue.addFirst,
    take: (limit) => takeBehindSlow(limit) ?? takeNext(limit),
    ended: (event) => void slowUnderWay.delete(event),
    clear: () => [...behindSlow.splice(0), ...queue.clear()],
  };
}

import type { Clock } from "../../clock.js";

/** How many copies may be under way: halves when the store throttles, grows back slowly. */
export interface ConcurrencyLimit {
  readonly current: number;
  /** A request was throttled; true if that lowered the limit. */
  throttled(): boolean;
  succeeded(): void;
}

/** Answers to requests that were sent before a halving would halve again for the same cause. */
const HALVING_PAUSE_MS = 1_000;

export function createConcurrencyLimit(most: number, clock: Clock): ConcurrencyLimit {
  let limit = most;
  let halvedAtMs = Number.NEGATIVE_INFINITY;
  return {
    get current() {
      return Math.floor(limit);
    },
    throttled() {
      const nowMs = clock.monotonic();
      if (limit <= 1 || nowMs - halvedAtMs < HALVING_PAUSE_MS) return false;
      halvedAtMs = nowMs;
      limit = Math.max(1, Math.floor(limit / 2));
      return true;
    },
    succeeded() {
      limit = Math.min(most, limit + 1 / limit); // one more for each full round of successes
    },
  };
}

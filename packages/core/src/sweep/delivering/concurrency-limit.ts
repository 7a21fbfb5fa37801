/**
 * How many copies may be under way. It finds out what the store can take: begins low and doubles, halves when the store
 * throttles, comes back quickly to just below the level that was too much, and feels its way on from there.
 */
export interface ConcurrencyLimit {
  readonly current: number;
  /**
   * A request that was sent at `sentMs` (monotonic) was throttled; true if that lowered the limit. One that was sent
   * before the last halving tells nothing new.
   */
  throttled(sentMs: number): boolean;
  succeeded(): void;
}

export interface ConcurrencyLimitOptions {
  readonly most: number;
  readonly monotonic: () => number;
}

/** A store that is not used to us meets so many at first. */
const FIRST = 64;
/** Around the level that was too much, where one feels one's way: a tenth below and above it. */
const NEAR = 0.1;
/** How much it grows in a round of successes on its way there, and beyond: what was too much once is long over. */
const QUICK_GROWTH = 1 / 8;

export function createConcurrencyLimit({
  most,
  monotonic,
}: ConcurrencyLimitOptions): ConcurrencyLimit {
  let limit = Math.min(most, FIRST);
  let tooMuch: number | undefined;
  let halvedAtMs = Number.NEGATIVE_INFINITY;

  /** More for each success, so that a round of `limit` successes adds `limit` times as much. */
  const growth = () => {
    if (tooMuch === undefined) return 1; // doubles
    return Math.abs(limit - tooMuch) > NEAR * tooMuch ? QUICK_GROWTH : 1 / limit;
  };

  return {
    get current() {
      return Math.floor(limit);
    },
    throttled(sentMs) {
      if (limit <= 1 || sentMs <= halvedAtMs) return false;
      halvedAtMs = monotonic();
      tooMuch = limit;
      limit = Math.max(1, Math.floor(limit / 2));
      return true;
    },
    succeeded() {
      limit = Math.min(most, limit + growth());
    },
  };
}

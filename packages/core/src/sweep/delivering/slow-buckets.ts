/** Which target buckets fail slowly, again and again, as far as one process has seen. */
export interface SlowBuckets {
  has(bucket: string): boolean;
  /** What a copy to the bucket came to, and after so long. */
  ended(bucket: string, how: "succeeded" | "failed", tookMs: number): void;
}

/** A failure that takes so long keeps others from their turn. */
const SLOW_MS = 2_000;
/** So many of them without another answer between: it is the bucket, and not the event. */
const SLOW_IN_A_ROW = 8;

export function createSlowBuckets(): SlowBuckets {
  const slowInARow = new Map<string, number>();
  return {
    has: (bucket) => (slowInARow.get(bucket) ?? 0) >= SLOW_IN_A_ROW,
    ended(bucket, how, tookMs) {
      if (how === "failed" && tookMs >= SLOW_MS) {
        slowInARow.set(bucket, (slowInARow.get(bucket) ?? 0) + 1);
      } else slowInARow.delete(bucket);
    },
  };
}

/** A partitioned prefix of S3, which answers 503 to too many requests. */
export interface Partition {
  /** How long the request waits; `undefined`: 503. `keys`: what it counts as. */
  admit(kind: "read" | "write", nowMs: number, keys?: number): number | undefined;
}

/**
 * Documented per partitioned prefix (docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html): at least
 * so many PUT, COPY, POST and DELETE, and so many GET and HEAD a second.
 */
export const WRITES_PER_SECOND = 3_500;
const READS_PER_SECOND = 5_500;

/** `queueMs`: what would wait longer than this is turned away. */
export function partition(queueMs: number): Partition {
  const freeAtMs = { read: 0, write: 0 };
  return {
    admit(kind, nowMs, keys = 1) {
      const waitMs = Math.max(0, freeAtMs[kind] - nowMs);
      if (waitMs > queueMs) return undefined;
      const perSecond = kind === "read" ? READS_PER_SECOND : WRITES_PER_SECOND;
      freeAtMs[kind] = nowMs + waitMs + (keys * 1_000) / perSecond;
      return waitMs;
    },
  };
}

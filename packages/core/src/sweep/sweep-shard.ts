import { KeywhenError } from "../errors.js";
import type { Partition } from "../shards/partitions.js";

/**
 * Which partitions of a schedule one of several hosts sweeps, as `--shard 1/4` of a test runner does. `count` does not have
 * to be the schedule's own number of shards.
 */
export interface SweepShard {
  /** From 1 to `count`. */
  readonly index: number;
  /** The number of hosts. */
  readonly count: number;
}

/** Whether a partition belongs to this shard. For each `count`, a partition belongs to exactly one index. */
export function isOfShard({ shard }: Partition, { index, count }: SweepShard): boolean {
  return (shard ?? 0) % count === index - 1;
}

export function checkSweepShard({ index, count }: SweepShard): SweepShard {
  const isWhole = Number.isInteger(index) && Number.isInteger(count);
  if (isWhole && index >= 1 && index <= count) return { index, count };
  throw new KeywhenError(
    "invalid-option",
    `shard must have a whole number from 1 to count as its index (got index ${index}, count ${count}).`,
  );
}

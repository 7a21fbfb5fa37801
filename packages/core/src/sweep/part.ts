import { KeywhenError } from "../keywhen-error.js";
import type { Partition } from "../layout/partitions.js";

/** One of several hosts among which the shards are shared out, so that each of them is swept by one. */
export interface Part {
  /** Which one, from 1. */
  readonly number: number;
  /** How many there are. */
  readonly of: number;
}

/** Whether a partition is this part's: whatever number of shards there is, each is one part's. */
export function inPart({ shard }: Partition, { number, of }: Part): boolean {
  return (shard ?? 0) % of === number - 1;
}

export function checkPart({ number, of }: Part): Part {
  const isWhole = Number.isInteger(number) && Number.isInteger(of);
  if (isWhole && number >= 1 && number <= of) return { number, of };
  throw new KeywhenError(
    "invalid-option",
    `part ${number} of ${of}: number must be a whole number from 1 to of.`,
  );
}

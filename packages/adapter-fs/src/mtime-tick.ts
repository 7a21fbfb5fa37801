import type { BigIntStats } from "node:fs";

/** A file or folder may change again at the same recorded instant: file systems record it by a clock that ticks every 1 to 10 ms. */
const TICK_MS = 25;
/** Where it has no fraction of a millisecond, it may be recorded in seconds, or every 2 s. */
const COARSE_TICK_MS = 2_100;

/** Whether every later change gets a later modification time, so that this one identifies what can be read now. */
export function isTickOver({ mtimeNs }: Pick<BigIntStats, "mtimeNs">): boolean {
  const tickMs = mtimeNs % 1_000_000n === 0n ? COARSE_TICK_MS : TICK_MS;
  return Date.now() - Number(mtimeNs) / 1e6 > tickMs;
}

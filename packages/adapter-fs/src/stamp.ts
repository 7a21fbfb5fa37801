import type { BigIntStats } from "node:fs";

/**
 * What tells a body from those before and after it under the same key: its length and the instant of its
 * last change in nanoseconds. It survives a rename, and a backup that keeps whole times (`cp -a`,
 * `rsync -a`); a file that was edited or replaced by hand has another.
 */
export function stampOf({ mtimeNs, size }: Pick<BigIntStats, "mtimeNs" | "size">): string {
  return `${mtimeNs.toString(36)}-${size.toString(36)}`;
}

/** An instant up to a millisecond later, in seconds: at random, as the very next may be taken, too. */
export function laterThan(mtimeNs: bigint): number {
  return Number(mtimeNs / 1000n) / 1e6 + Math.random() / 1e3;
}

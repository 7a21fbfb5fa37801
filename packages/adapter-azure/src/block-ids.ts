import { randomBytes } from "node:crypto";

/** Azure takes no more blocks in one object. */
export const BLOCKS_MAX = 50_000;

/**
 * Names the blocks of one upload: of one length, as Azure wants them, and unlike those of any other upload
 * of the same key, so that two writers never mix.
 */
export function blockIds(): (number: number) => string {
  const upload = randomBytes(12).toString("hex");
  return (number) => Buffer.from(`${upload}-${String(number).padStart(5, "0")}`).toString("base64");
}

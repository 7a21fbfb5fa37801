import { codecV1 } from "../key/codec-v1.js";
import type { KeyCodec } from "../key/key-codec.js";

const DAY_MS = 86_400_000;
const { checkRoot, pendingPrefix, encode, decode, before, after } = codecV1;

/** A format whose keys are in no shards, and up to a day away from the order of time. */
export const otherCodec: KeyCodec = {
  name: "other",
  checkRoot,
  pendingPrefix,
  encode,
  decode,
  before: (atMs) => before(atMs - DAY_MS),
  after: (atMs) => after(atMs + DAY_MS),
};

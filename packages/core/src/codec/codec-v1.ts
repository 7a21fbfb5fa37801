import { formatInstant, INSTANT_LENGTH, LAST_INSTANT_MS, parseInstant } from "../time/instant.js";
import { escapePart, unescapePart } from "./escape.js";
import type { EventKey, KeyCodec } from "./key-codec.js";
import { checkRoot, DEFAULT_ROOT } from "./root.js";

const SUFFIX = /^[0-9a-f]{8}$/;
/** Sorts after every instant: `:` follows `9`. */
const AFTER_ALL_INSTANTS = ":";

/**
 * Version 1 of the key: `<root>/pending/<when>|<bucket>|<key>|<delivery id>`, where `when` is
 * `YYYY-MM-DDTHH:mm:ss.sssZ`, so that the order of keys is the order of time (see PROTOCOL.md).
 */
export const codecV1: KeyCodec = {
  name: "v1",
  checkRoot: (root = DEFAULT_ROOT) => checkRoot(root),
  pendingPrefix: (root) => `${root}/pending/`,
  shardPrefix: (root, shard) => `${root}/pending.${shard}/`,
  encode: encodeId,
  decode: decodeId,
  before: formatInstant,
  after: (atMs) => (atMs >= LAST_INSTANT_MS ? AFTER_ALL_INSTANTS : formatInstant(atMs + 1)),
};

function encodeId({ atMs, to, deliveryId, suffix }: EventKey): string {
  const id = `${formatInstant(atMs)}|${escapePart(to.bucket)}|${escapePart(to.key)}`;
  if (deliveryId === undefined) return id;
  const delivery = `${id}|${escapePart(deliveryId)}`;
  return suffix === undefined ? delivery : `${delivery}~${suffix}`;
}

function decodeId(id: string): EventKey | undefined {
  const atMs = parseInstant(id);
  if (atMs === undefined || id[INSTANT_LENGTH] !== "|") return undefined;
  const bucketEnd = id.indexOf("|", INSTANT_LENGTH + 1);
  if (bucketEnd < 0) return undefined;
  const keyEnd = id.indexOf("|", bucketEnd + 1);
  const bucket = unescapePart(id.slice(INSTANT_LENGTH + 1, bucketEnd));
  const key = unescapePart(id.slice(bucketEnd + 1, keyEnd < 0 ? undefined : keyEnd));
  if (!bucket || !key) return undefined;
  if (keyEnd < 0) return { atMs, to: { bucket, key }, deliveryId: undefined, suffix: undefined };
  const delivery = decodeDelivery(id.slice(keyEnd + 1));
  return delivery && { atMs, to: { bucket, key }, ...delivery };
}

function decodeDelivery(
  part: string,
): { deliveryId: string; suffix: string | undefined } | undefined {
  const tilde = part.indexOf("~");
  const deliveryId = unescapePart(tilde < 0 ? part : part.slice(0, tilde));
  if (!deliveryId) return undefined;
  if (tilde < 0) return { deliveryId, suffix: undefined };
  const suffix = part.slice(tilde + 1);
  return SUFFIX.test(suffix) ? { deliveryId, suffix } : undefined;
}

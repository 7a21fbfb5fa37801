import { KeywhenError } from "../errors.js";
import { showValue } from "../input/show-value.js";
import type { ObjectRef } from "../store/object-store.js";
import { formatInstant, INSTANT_LENGTH, LAST_INSTANT_MS, parseInstant } from "../time/instant.js";
import type { EventId, EventKey, KeyCodec } from "./key-codec.js";

const DEFAULT_ROOT = "keywhen";
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

/** The only place that brands: the caller has encoded or decoded the string by a codec. */
export function asEventId(id: string): EventId {
  return id as EventId;
}

function encodeId({ atMs, to, deliveryId, expiresAfterMs, suffix }: EventKey): string {
  const id = `${formatInstant(atMs)}|${escapePart(to.bucket)}|${escapePart(to.key)}`;
  if (deliveryId === undefined) return id;
  const expiry = expiresAfterMs === undefined ? "" : `~x${expiresAfterMs}`;
  const delivery = `${id}|${escapePart(deliveryId)}${expiry}`;
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
  if (keyEnd < 0) return { atMs, to: { bucket, key }, ...WITHOUT_DELIVERY_ID };
  const delivery = decodeDelivery(id.slice(keyEnd + 1));
  return delivery && { atMs, to: { bucket, key }, ...delivery };
}

const WITHOUT_DELIVERY_ID = {
  deliveryId: undefined,
  suffix: undefined,
  expiresAfterMs: undefined,
};

/** What follows a delivery id: when the event expires, in milliseconds after its instant, and the suffix of a move. */
const EXPIRY_AND_SUFFIX = /^(?:~x([1-9][0-9]{3,11}))?(?:~([0-9a-f]{8}))?$/;

function decodeDelivery(
  part: string,
): (Pick<EventKey, "suffix" | "expiresAfterMs"> & { deliveryId: string }) | undefined {
  const tilde = part.indexOf("~");
  const deliveryId = unescapePart(tilde < 0 ? part : part.slice(0, tilde));
  if (!deliveryId) return undefined;
  if (tilde < 0) return { deliveryId, suffix: undefined, expiresAfterMs: undefined };
  const [found, expiresAfter, suffix] = EXPIRY_AND_SUFFIX.exec(part.slice(tilde)) ?? [];
  if (found === undefined) return undefined;
  const expiresAfterMs = expiresAfter === undefined ? undefined : Number(expiresAfter);
  return { deliveryId, suffix, expiresAfterMs };
}

/** The characters that are not escaped, and the escapes of all other ones. */
const RAW = "[A-Za-z0-9_.!()*:@,=+&$;-]";
const ESCAPE = "%(?:[0189A-F][0-9A-F]|2[02357]|3[CEF]|5[B-E]|60|7[B-F])";

/** Matches segments of such characters between slashes. No segment is `.` or `..`. */
function written(character: string): RegExp {
  const segment = `(?!\\.{1,2}(?:/|$))${character}+`;
  return new RegExp(`^(?:${segment}(?:/${segment})*)?$`);
}

/** What `escapePart` certainly writes. Escaped slashes and dots are not certain: they depend on the characters next to them. */
const PLAIN = written(RAW);
const ESCAPED = written(`(?:${RAW}|${ESCAPE})`);

/** A text of millions of characters would exhaust the stack of these expressions. */
const LONGEST_TESTED = 10_000;

/**
 * Percent-encoding of one part of a key: UTF-8 bytes in uppercase hex. These characters are not escaped:
 * `A-Z a-z 0-9 - _ . ! ( ) * : @ , = + & $ ; /`. A `/` is escaped unless it is between two segments that are not empty, `.` or
 * `..`. Segments that are `.` or `..` are escaped as well, because stores and file systems misread them.
 */
export function escapePart(text: string): string {
  if (isWritten(PLAIN, text)) return text;
  if (!text.isWellFormed()) {
    throw new KeywhenError(
      "invalid-target",
      `${JSON.stringify(text)} contains a lone surrogate (half of a character), which no store can keep. Remove it.`,
    );
  }
  const segments = text.split("/");
  return segments
    .map((segment, index) => {
      const next = segments[index + 1];
      if (next === undefined) return escapeSegment(segment);
      return escapeSegment(segment) + (isOrdinary(segment) && isOrdinary(next) ? "/" : "%2F");
    })
    .join("");
}

/** Returns the text that `escapePart` writes like this; `undefined` for anything else. Never throws. */
export function unescapePart(escaped: string): string | undefined {
  if (isWritten(PLAIN, escaped)) return escaped;
  try {
    const text = decodeURIComponent(escaped);
    return isWritten(ESCAPED, escaped) || escapePart(text) === escaped ? text : undefined;
  } catch {
    return undefined; // not UTF-8, or half of a surrogate pair
  }
}

function isWritten(pattern: RegExp, part: string): boolean {
  return part.length <= LONGEST_TESTED && pattern.test(part);
}

function isOrdinary(segment: string): boolean {
  return segment !== "" && segment !== "." && segment !== "..";
}

/** Escapes that `encodeURIComponent` writes and `escapePart` does not. */
const NEEDLESS_ESCAPE = /%(?:2[46BC]|3[ABD]|40)/g;

function escapeSegment(segment: string): string {
  if (!isOrdinary(segment)) return segment.replaceAll(".", "%2E");
  return encodeURIComponent(segment)
    .replace(NEEDLESS_ESCAPE, decodeURIComponent)
    .replaceAll("~", "%7E")
    .replaceAll("'", "%27");
}

/** What keywhen keeps under its root (shards have a suffix); a root may not contain it. */
const RESERVED_SEGMENT =
  /^(?:(?:pending|dead|lease|probe)(?:\.[0-9a-f]+)?|schedules|payloads|names|journal|shards\.json)$/;
const ROOT = new RegExp(`^${RAW}+(?:/${RAW}+)*$`);

/** Checks what precedes `/pending/` in every key of a schedule. */
function checkRoot(root: string): string {
  if (typeof root !== "string") {
    throw invalidRoot(`must be a string, such as keywhen or acme/jobs (got ${showValue(root)})`);
  }
  if (!ROOT.test(root)) {
    throw invalidRoot(
      `${showValue(root)} is not allowed: use letters (A-Z, a-z), digits and -_.!()*:@,=+&$; with single slashes between the parts, such as acme/jobs`,
    );
  }
  for (const segment of root.split("/")) {
    if (RESERVED_SEGMENT.test(segment) || !isOrdinary(segment)) {
      throw invalidRoot(
        `${showValue(root)} contains the reserved part "${segment}": choose another name`,
      );
    }
  }
  return root;
}

function invalidRoot(problem: string): KeywhenError {
  return new KeywhenError("invalid-option", `root ${problem}.`);
}

/** Whether an object is in the folder of the schedule with this bucket and root. No event may be delivered there. */
export function isInScheduleFolder(
  { bucket, root }: { readonly bucket: string; readonly root: string },
  ref: ObjectRef,
): boolean {
  return ref.bucket === bucket && ref.key.startsWith(`${root}/`);
}

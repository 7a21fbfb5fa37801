import { KeywhenError } from "@keywhen/core";
import {
  type EventKey,
  FIRST_INSTANT_MS,
  type KeyCodec,
  LAST_INSTANT_MS,
} from "@keywhen/core/internal";
import { formatPythonDatetime, parsePythonDatetime, pythonSecond } from "./python-datetime.js";
import { pythonQuote, pythonUnquote } from "./python-quote.js";

/** Keys hold local times, and offsets reach up to 23:59:59 either way. */
const FARTHEST_OFFSET_MS = 86_400_000;
/** Python's year 1. */
const FIRST_PYTHON_MS = FIRST_INSTANT_MS + 366 * 86_400_000;
/** Sorts after every time: `:` follows `9`. */
const AFTER_ALL_TIMES = ":";

/**
 * The keys of the Python package s3-scheduler (2018): `<path>/|<datetime>|<bucket>|<key>`, each part quoted
 * by `urllib.parse.quote`, and `/` in the key written `~~` after that. Its events can be listed, cancelled,
 * swept and migrated; new events have keys of version 1, because this format has no delivery id.
 *
 * - `~~` isn't reversible: a key that had one goes to the key with `/` in its place, as it did with the package.
 * - The order of keys is the order of local times, so a range of instants is listed a day wider at each end.
 * - One instant has many spellings (offsets), so encoding what an id says may give another id.
 */
export const s3SchedulerCodec: KeyCodec = {
  name: "s3-scheduler",
  checkRoot: checkPath,
  pendingPrefix: (path) => `${path}/|`,
  encode: encodeId,
  decode: decodeId,
  before: (atMs) => timeBound(atMs - FARTHEST_OFFSET_MS),
  after: (atMs) => timeBound(atMs + FARTHEST_OFFSET_MS + 1_000),
};

function encodeId({ atMs, to, deliveryId }: EventKey): string {
  if (deliveryId !== undefined) {
    throw new KeywhenError(
      "not-supported",
      "Keys of s3-scheduler have no place for a delivery id, so nothing new can be written in this format. Schedule under a root of keywhen's own, or migrate the bucket.",
    );
  }
  if (atMs < FIRST_PYTHON_MS) {
    throw new KeywhenError(
      "invalid-time",
      `Keys of s3-scheduler begin with the year 0001 (got ${new Date(atMs).toISOString()}). Choose a later time.`,
    );
  }
  const key = escapeKey(to.key);
  if (unescapeKey(key) !== to.key) {
    throw new KeywhenError(
      "invalid-target",
      `"${to.key}" has a ~ next to another ~ or a slash. Keys of s3-scheduler write a slash as ~~, so this key would be read as another one. Choose another key.`,
    );
  }
  return `${pythonQuote(formatPythonDatetime(atMs))}|${pythonQuote(to.bucket)}|${key}`;
}

function decodeId(id: string): EventKey | undefined {
  const [when = "", bucketPart = "", keyPart = "", ...rest] = id.split("|");
  if (rest.length > 0) return undefined;
  const atMs = parsePythonDatetime(pythonUnquote(when) ?? "");
  const bucket = pythonUnquote(bucketPart);
  const key = unescapeKey(keyPart);
  if (atMs === undefined || !bucket || !key) return undefined;
  return { atMs, to: { bucket, key }, deliveryId: undefined, suffix: undefined };
}

function escapeKey(key: string): string {
  return pythonQuote(key).replaceAll("/", "~~");
}

/** As the package read it: unquoted first, then every `~~` a slash, from the left. */
function unescapeKey(escaped: string): string | undefined {
  if (escaped.includes("/")) return undefined; // it is written ~~
  // Python 3.6 writes ~~ for slashes alone, and quotes every other tilde.
  const quoted = escaped.includes("%7E") ? escaped.replaceAll("~~", "/") : escaped;
  if (pythonUnquote(quoted) === undefined) return undefined;
  return decodeURIComponent(escaped).replaceAll("~~", "/");
}

function timeBound(localMs: number): string {
  if (localMs < FIRST_INSTANT_MS) return "";
  return localMs > LAST_INSTANT_MS ? AFTER_ALL_TIMES : pythonQuote(pythonSecond(localMs));
}

/** Any path that the package could be given but one with a `|`; it cuts one `/` at the end. */
function checkPath(path: string | undefined): string {
  if (path === undefined) {
    throw new KeywhenError(
      "invalid-option",
      "root is missing: give the path that the Python package was given.",
    );
  }
  if (!path.endsWith("/") && !path.includes("|")) return path;
  throw new KeywhenError(
    "invalid-option",
    `root must not end with a slash or contain a | (got "${path}").`,
  );
}

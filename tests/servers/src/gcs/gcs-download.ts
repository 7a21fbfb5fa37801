import { gunzipSync } from "node:zlib";
import { type GcsAnswer, GcsRefusal } from "./gcs-answer.js";
import type { GcsObject } from "./gcs-object.js";
import type { GcsRequest } from "./gcs-request.js";

/** Objects: get with `alt=media`. The answer carries no user metadata. */
export function download(object: GcsObject, request: GcsRequest): GcsAnswer {
  const { attributes, body, generation, metageneration, hashes } = object;
  const { contentType, contentEncoding, cacheControl } = attributes;
  const headers: Record<string, string> = {
    "content-type": contentType ?? "application/octet-stream",
    "x-goog-generation": generation,
    "x-goog-metageneration": `${metageneration}`,
    "x-goog-hash": `crc32c=${hashes.crc32c},md5=${hashes.md5Hash}`,
    "x-goog-stored-content-encoding": contentEncoding ?? "identity",
    "x-goog-stored-content-length": `${body.length}`,
    ...(cacheControl === undefined ? {} : { "cache-control": cacheControl }),
  };
  if (isTranscoded(object, request)) return { status: 200, headers, body: gunzipSync(body) };
  if (contentEncoding !== undefined) headers["content-encoding"] = contentEncoding;
  const range = rangeOf(request.headers["range"], body.length);
  if (range === undefined) return { status: 200, headers, body };
  const { start, end } = range;
  headers["content-range"] = `bytes ${start}-${end - 1}/${body.length}`;
  return { status: 206, headers, body: body.subarray(start, end) };
}

/** Who doesn't accept gzip gets it unpacked: https://cloud.google.com/storage/docs/transcoding */
function isTranscoded({ attributes }: GcsObject, { headers }: GcsRequest): boolean {
  if (attributes.contentEncoding !== "gzip") return false;
  if (/no-transform/.test(attributes.cacheControl ?? "")) return false;
  return !/\bgzip\b/.test(headers["accept-encoding"] ?? "");
}

function rangeOf(
  header: string | undefined,
  length: number,
): { readonly start: number; readonly end: number } | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (found === null || found[0] === "bytes=-") return undefined;
  const [, first = "", last = ""] = found;
  const start = first === "" ? Math.max(0, length - Number(last)) : Number(first);
  const end = first === "" || last === "" ? length : Math.min(Number(last) + 1, length);
  if (start < end) return { start, end };
  const message = `The requested range cannot be satisfied.`;
  throw new GcsRefusal(416, "requestedRangeNotSatisfiable", message);
}

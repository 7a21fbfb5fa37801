import { gunzipSync } from "node:zlib";
import type { GcsBuckets } from "./gcs-buckets.js";
import { type GcsAnswer, type GcsRequest, isRecord, json } from "./gcs-http.js";
import { type GcsObject, objectResource } from "./gcs-object.js";

const PAGE_OBJECTS = 1_000;

/** Objects: list. `startOffset` is inclusive; a page token encodes the last name given. */
export function listObjects(buckets: GcsBuckets, bucket: string, request: GcsRequest): GcsAnswer {
  const { query } = request;
  const from = Buffer.from(query.get("startOffset") ?? "");
  const after = Buffer.from(query.get("pageToken") ?? "", "base64");
  const asked = Number(query.get("maxResults") ?? PAGE_OBJECTS);
  const limit = Math.min(Number.isSafeInteger(asked) && asked > 0 ? asked : 1, PAGE_OBJECTS);
  const found = buckets.list(bucket).filter(({ name }) => {
    const bytes = Buffer.from(name);
    if (!name.startsWith(query.get("prefix") ?? "")) return false;
    return Buffer.compare(bytes, from) >= 0 && Buffer.compare(bytes, after) > 0;
  });
  const items = found.slice(0, limit);
  const last = items.at(-1)?.name ?? "";
  const page = {
    kind: "storage#objects",
    ...(items.length === 0 ? {} : { items: items.map(objectResource) }),
    ...(found.length > limit ? { nextPageToken: Buffer.from(last).toString("base64") } : {}),
  };
  return json(selectFields(page, query.get("fields") ?? undefined));
}

/** A partial response: `a,b(c,d)` keeps `a`, and of `b` (each of it, if it is a list) `c` and `d`. */
function selectFields(value: unknown, fields: string | undefined): unknown {
  if (fields === undefined) return value;
  if (Array.isArray(value)) return value.map((one) => selectFields(one, fields));
  if (!isRecord(value)) return value;
  const selected: Record<string, unknown> = {};
  for (const [, name = "", inner] of fields.matchAll(/([\w/]+)(?:\(([^)]*)\))?/g)) {
    if (name in value) selected[name] = selectFields(value[name], inner);
  }
  return selected;
}

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
  return { status: 200, headers, body };
}

/** A client that does not accept gzip gets it unpacked: https://cloud.google.com/storage/docs/transcoding */
function isTranscoded({ attributes }: GcsObject, { headers }: GcsRequest): boolean {
  if (attributes.contentEncoding !== "gzip") return false;
  if (/no-transform/.test(attributes.cacheControl ?? "")) return false;
  return !/\bgzip\b/.test(headers["accept-encoding"] ?? "");
}

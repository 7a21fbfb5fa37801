import { type ObjectInfo, ObjectStoreError } from "@keywhen/core/store";
import type { Purpose } from "./s3-connection.js";
import type { ObjectDescription } from "./s3-operations.js";

/**
 * The ETag without its quotes: some stores compare it as it is, so it is kept and sent bare. Without the `W/` either by
 * which a proxy that packs answers weakens it: an object's own ETag is always strong.
 */
export function bareETag(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/, "$1");
}

/** Whether an object can have this ETag. Blanks and empty quotes confirm nothing. */
export function isETag(etag: string | undefined): etag is string {
  return etag !== undefined && bareETag(etag).trim() !== "";
}

/** Throws `unexpected` if the answer lacks what every object has. */
export function objectInfo(
  described: ObjectDescription,
  { operation, bucket, key, prepares }: Purpose,
): ObjectInfo {
  const { ETag, LastModified } = described;
  if (!isETag(ETag) || LastModified === undefined) {
    const lacking = isETag(ETag) ? "Last-Modified" : "ETag";
    const message = `the answer does not describe an object: it has no ${lacking}`;
    const undecided = prepares === true ? false : undefined;
    throw new ObjectStoreError({ code: "unexpected", operation, bucket, key, undecided, message });
  }
  return {
    size: described.ContentLength ?? 0,
    lastModified: LastModified,
    version: bareETag(ETag),
    contentType: described.ContentType,
    contentEncoding: described.ContentEncoding,
    cacheControl: described.CacheControl,
    metadata: { ...described.Metadata },
  };
}

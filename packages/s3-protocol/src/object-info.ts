import type { ObjectInfo } from "@keywhen/core/store";
import type { ObjectDescription } from "./s3-operations.js";

/** The ETag without its quotes: some stores compare it as it is, so it is kept and sent bare. */
export function bareETag(etag: string): string {
  return etag.replace(/^"(.*)"$/, "$1");
}

export function objectInfo(described: ObjectDescription): ObjectInfo {
  return {
    size: described.ContentLength ?? 0,
    lastModified: described.LastModified ?? new Date(0),
    version: bareETag(described.ETag ?? ""),
    contentType: described.ContentType,
    contentEncoding: described.ContentEncoding,
    cacheControl: described.CacheControl,
    metadata: { ...described.Metadata },
  };
}

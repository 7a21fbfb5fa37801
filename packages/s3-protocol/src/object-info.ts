import { describedBy, type Purpose } from "@keywhen/adapter-kit";
import type { ObjectInfo } from "@keywhen/core/store";
import type { ObjectDescription } from "./s3-operations.js";

/** Throws `unexpected` if the answer lacks what every object has. */
export function objectInfo(described: ObjectDescription, purpose: Purpose): ObjectInfo {
  const { ETag: etag, LastModified: lastModified } = described;
  return {
    ...describedBy({ etag, lastModified }, purpose),
    size: described.ContentLength ?? 0,
    contentType: described.ContentType,
    contentEncoding: described.ContentEncoding,
    cacheControl: described.CacheControl,
    metadata: { ...described.Metadata },
  };
}

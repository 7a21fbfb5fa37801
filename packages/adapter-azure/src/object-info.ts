import type { BlobGetPropertiesResponse } from "@azure/storage-blob";
import { describedBy, type Purpose } from "@keywhen/adapter-kit";
import type { ObjectInfo } from "@keywhen/core/store";
import { ownMetadata } from "./metadata-names.js";

type Described = Pick<
  BlobGetPropertiesResponse,
  | "contentLength"
  | "lastModified"
  | "etag"
  | "contentType"
  | "contentEncoding"
  | "cacheControl"
  | "metadata"
>;

/** Throws `unexpected` if the answer lacks what every object has. */
export function objectInfo(described: Described, purpose: Purpose): ObjectInfo {
  return {
    ...describedBy(described, purpose),
    size: described.contentLength ?? 0,
    contentType: described.contentType,
    contentEncoding: described.contentEncoding || undefined,
    cacheControl: described.cacheControl || undefined,
    metadata: ownMetadata(described.metadata),
  };
}

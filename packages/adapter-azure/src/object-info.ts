import type { BlobGetPropertiesResponse } from "@azure/storage-blob";
import type { ObjectInfo } from "@keywhen/core/store";
import { ownMetadata } from "./metadata-names.js";

/** An ETag without its quotes; in lists it has none. */
export function bareETag(etag: string): string {
  return etag.replace(/^"(.*)"$/, "$1");
}

/** As a condition takes it. */
export function quotedETag(version: string): string {
  return `"${bareETag(version)}"`;
}

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

export function objectInfo(described: Described): ObjectInfo {
  return {
    size: described.contentLength ?? 0,
    lastModified: described.lastModified ?? new Date(0),
    version: bareETag(described.etag ?? ""),
    contentType: described.contentType,
    contentEncoding: described.contentEncoding || undefined,
    cacheControl: described.cacheControl || undefined,
    metadata: ownMetadata(described.metadata),
  };
}

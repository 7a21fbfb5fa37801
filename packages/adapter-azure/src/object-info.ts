import type { BlobGetPropertiesResponse } from "@azure/storage-blob";
import { type ObjectInfo, ObjectStoreError } from "@keywhen/core/store";
import { ownMetadata } from "./metadata-names.js";
import type { Purpose } from "./send-once.js";

/** An ETag without its quotes; in lists it has none. */
export function bareETag(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/, "$1");
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

/** Throws `unexpected` if the answer lacks what every object has. */
export function objectInfo(
  described: Described,
  { operation, bucket, key }: Pick<Purpose, "operation" | "bucket" | "key">,
): ObjectInfo {
  const { etag, lastModified } = described;
  if (!etag || lastModified === undefined) {
    const message = `the answer does not describe an object: it has no ${etag ? "Last-Modified" : "ETag"}`;
    throw new ObjectStoreError({ code: "unexpected", operation, bucket, key, message });
  }
  return {
    size: described.contentLength ?? 0,
    lastModified,
    version: bareETag(etag),
    contentType: described.contentType,
    contentEncoding: described.contentEncoding || undefined,
    cacheControl: described.cacheControl || undefined,
    metadata: ownMetadata(described.metadata),
  };
}

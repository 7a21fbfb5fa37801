import type { BlobHTTPHeaders, BlobRequestConditions, Metadata } from "@azure/storage-blob";
import type { ObjectHeaders, PutCondition } from "@keywhen/core/store";
import { azureMetadata } from "./metadata-names.js";
import { quotedETag } from "./object-info.js";

export interface HeadersInput {
  readonly blobHTTPHeaders: BlobHTTPHeaders;
  readonly metadata: Metadata;
}

export function headersInput(headers: ObjectHeaders): HeadersInput {
  const { contentType, contentEncoding, cacheControl, metadata } = headers;
  return {
    blobHTTPHeaders: {
      ...(contentType === undefined ? {} : { blobContentType: contentType }),
      ...(contentEncoding === undefined ? {} : { blobContentEncoding: contentEncoding }),
      ...(cacheControl === undefined ? {} : { blobCacheControl: cacheControl }),
    },
    metadata: azureMetadata(metadata),
  };
}

export function conditionInput(condition: PutCondition | undefined): BlobRequestConditions {
  if (condition === undefined) return {};
  return condition.if === "absent"
    ? { ifNoneMatch: "*" }
    : { ifMatch: quotedETag(condition.version) };
}

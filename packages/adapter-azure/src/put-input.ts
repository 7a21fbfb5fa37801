import type { BlobHTTPHeaders, BlobRequestConditions, Metadata } from "@azure/storage-blob";
import { bareETag } from "@keywhen/adapter-kit";
import type { ObjectHeaders, PutCondition } from "@keywhen/core/store";
import { azureMetadata } from "./metadata-names.js";

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
    : { ifMatch: `"${bareETag(condition.version)}"` };
}

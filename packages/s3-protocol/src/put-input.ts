import {
  type ObjectHeaders,
  type ObjectRef,
  ObjectStoreError,
  type PutCondition,
  type PutResult,
} from "@keywhen/core/store";
import { bareETag, isETag } from "./object-info.js";
import type { PutObjectInput } from "./s3-operations.js";

export function headersInput(headers: ObjectHeaders) {
  return {
    ContentType: headers.contentType,
    ContentEncoding: headers.contentEncoding,
    CacheControl: headers.cacheControl,
    Metadata: headers.metadata === undefined ? undefined : { ...headers.metadata },
  };
}

export function conditionInput(
  condition: PutCondition | undefined,
): Pick<PutObjectInput, "IfNoneMatch" | "IfMatch"> {
  if (condition === undefined) return {};
  return condition.if === "absent"
    ? { IfNoneMatch: "*" }
    : { IfMatch: bareETag(condition.version) };
}

/** Without an ETag there is no version to give, nor a sign that anything was stored. */
export function written(ref: ObjectRef, etag: string | undefined): PutResult {
  if (isETag(etag)) return { outcome: "written", version: bareETag(etag) };
  const message = "the answer has no ETag";
  throw new ObjectStoreError({ ...ref, code: "unexpected", operation: "put", message });
}

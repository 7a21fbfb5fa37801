import { bareETag } from "@keywhen/adapter-kit";
import type { ObjectHeaders, PutCondition } from "@keywhen/core/store";
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

import { bareETag } from "@keywhen/adapter-kit";
import type { ObjectHeaders, ObjectRef, PutCondition } from "@keywhen/core/store";
import type { CarriedHeaders, ObjectDescription, PutObjectInput } from "./s3-operations.js";

export function headersInput(headers: ObjectHeaders): CarriedHeaders {
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

/** Percent-encoded except `/`. The SDK sends this string unchanged. */
export function copySource({ bucket, key }: ObjectRef): string {
  return `${bucket}/${encodeURIComponent(key).replaceAll("%2F", "/")}`;
}

/** `metadata` replaces the user metadata and nothing else. */
export function carriedHeaders(
  source: ObjectDescription,
  metadata: Readonly<Record<string, string>> | undefined,
): CarriedHeaders {
  const expires = new Date(source.ExpiresString ?? "");
  return {
    ContentType: source.ContentType,
    ContentEncoding: source.ContentEncoding,
    ContentLanguage: source.ContentLanguage,
    ContentDisposition: source.ContentDisposition,
    CacheControl: source.CacheControl,
    // Requests take dates only. A value that is not a date (`0`) means "expired" and is sent as 1970.
    Expires: source.ExpiresString === undefined ? undefined : pastIfInvalid(expires),
    Metadata: { ...(metadata ?? source.Metadata) },
  };
}

function pastIfInvalid(date: Date): Date {
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}

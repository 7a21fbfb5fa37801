import type { CarriedHeaders, ObjectDescription } from "./s3-operations.js";

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
    // Requests take dates only; what isn't one (`0`) means "expired" and is sent as long ago.
    Expires: source.ExpiresString === undefined ? undefined : pastIfInvalid(expires),
    Metadata: { ...(metadata ?? source.Metadata) },
  };
}

function pastIfInvalid(date: Date): Date {
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}

import type { IncomingHttpHeaders } from "node:http";
import type { CarriedHeaders, ObjectDescription } from "@keywhen/s3-protocol";

const META = "x-amz-meta-";

type Headers = Record<string, string>;

/** The headers that have a value. */
export function defined(headers: Readonly<Record<string, string | undefined>>): Headers {
  const present: Headers = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) present[name] = value;
  }
  return present;
}

/** How an object's headers are sent. */
export function carriedHeaders(carried: CarriedHeaders): Headers {
  const metadata = Object.entries(carried.Metadata ?? {});
  return defined({
    "content-type": carried.ContentType,
    "content-encoding": carried.ContentEncoding,
    "content-language": carried.ContentLanguage,
    "content-disposition": carried.ContentDisposition,
    "cache-control": carried.CacheControl,
    expires: carried.Expires?.toUTCString(),
    // HTTP drops the space around a value, the signature would not.
    ...Object.fromEntries(metadata.map(([name, value]) => [META + name, value.trim()])),
  });
}

/** What an answer's headers say of an object. */
export function describedBy(headers: IncomingHttpHeaders): ObjectDescription {
  const lastModified = new Date(headers["last-modified"] ?? "");
  return {
    ContentLength: Number(headers["content-length"] ?? 0),
    LastModified: Number.isNaN(lastModified.getTime()) ? undefined : lastModified,
    ETag: headers.etag,
    ContentType: headers["content-type"],
    ContentEncoding: headers["content-encoding"],
    ContentLanguage: headers["content-language"],
    ContentDisposition: headers["content-disposition"],
    CacheControl: headers["cache-control"],
    ExpiresString: headers.expires,
    Metadata: metadataIn(headers),
  };
}

function metadataIn(headers: IncomingHttpHeaders): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(META) && typeof value === "string")
      metadata[name.slice(META.length)] = value;
  }
  return metadata;
}

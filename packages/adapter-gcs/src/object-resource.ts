import type { ObjectHeaders, ObjectInfo } from "@keywhen/core/store";
import { countIn, dateIn, type JsonObject, objectIn, textIn } from "./json-fields.js";

/** What an object's JSON resource tells; undefined if it makes no sense. */
export function objectInfo(resource: JsonObject | undefined): ObjectInfo | undefined {
  const size = countIn(resource?.["size"]);
  const version = textIn(resource?.["generation"]);
  // Not `updated`, which a change of the metadata alone moves too.
  const lastModified = dateIn(resource?.["timeCreated"]);
  if (size === undefined || version === undefined || lastModified === undefined) return undefined;
  return {
    size,
    version,
    lastModified,
    contentType: textIn(resource?.["contentType"]),
    contentEncoding: textIn(resource?.["contentEncoding"]) || undefined,
    cacheControl: textIn(resource?.["cacheControl"]) || undefined,
    metadata: metadataIn(resource),
  };
}

export function metadataIn(resource: JsonObject | undefined): Record<string, string> {
  const pairs = Object.entries(objectIn(resource?.["metadata"]) ?? {});
  return Object.fromEntries(pairs.map(([name, value]) => [name, `${value}`]));
}

/** The resource of an object to be written. */
export function resourceOf(headers: ObjectHeaders): JsonObject {
  const { contentType, contentEncoding, cacheControl, metadata } = headers;
  return { contentType, contentEncoding, cacheControl, metadata };
}

const CARRIED = [
  "contentType",
  "contentEncoding",
  "contentLanguage",
  "contentDisposition",
  "cacheControl",
  "customTime",
] as const;

/**
 * The resource of a copy with other metadata: a rewrite that is given any takes nothing of its source. It
 * always has a type, because an empty one, with no metadata either, would be none.
 */
export function carriedResource(
  source: JsonObject,
  metadata: Readonly<Record<string, string>>,
): JsonObject {
  const carried = Object.fromEntries(CARRIED.map((name) => [name, source[name]]));
  return {
    ...carried,
    contentType: carried["contentType"] ?? "application/octet-stream",
    metadata,
  };
}

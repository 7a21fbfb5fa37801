import type { ObjectHeaders, ObjectInfo, PutCondition, PutResult } from "@keywhen/core/store";
import type { Query } from "./gcs-connection.js";
import { countIn, dateIn, type JsonObject, objectIn, textIn } from "./json-fields.js";
import type { GcsAnswer } from "./send-once.js";

/** Reads the JSON resource of an object; undefined if a required field is missing or wrong. */
export function objectInfo(resource: JsonObject | undefined): ObjectInfo | undefined {
  const size = countIn(resource?.["size"]);
  const version = textIn(resource?.["generation"]);
  // Not `updated`, which also changes with the metadata.
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

/** The resource of an object that is put. */
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
 * The resource of a copy with other metadata: a rewrite with a resource takes nothing from its source. The resource always
 * has a type, because Google would ignore an empty resource.
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

type VersionCondition = Extract<PutCondition, { if: "version" }>;

/** Whether an object can have this version; 0 would mean "if absent". */
export function isGeneration({ version }: VersionCondition): boolean {
  return /^[1-9]\d{0,18}$/.test(version);
}

/** Generation 0 means "no such object". */
export function preconditionOf(condition: PutCondition | undefined): Query {
  if (condition === undefined) return {};
  return { ifGenerationMatch: condition.if === "absent" ? "0" : condition.version };
}

/** A lost race is a result. An answer without a generation does not confirm the put. */
export function outcomeOf(answer: GcsAnswer, condition: PutCondition | undefined): PutResult {
  const { status, json, refusal } = answer;
  if (status === 412 && condition !== undefined) {
    return { outcome: condition.if === "absent" ? "exists" : "changed" };
  }
  const version = textIn(json?.["generation"]);
  if (status === 200 && version) return { outcome: "written", version };
  throw refusal();
}

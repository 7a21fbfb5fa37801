import type {
  BlobGetPropertiesResponse,
  BlobHTTPHeaders,
  BlobRequestConditions,
  Metadata,
} from "@azure/storage-blob";
import { bareETag, describedBy, type Purpose } from "@keywhen/adapter-kit";
import type { ObjectHeaders, ObjectInfo, PutCondition } from "@keywhen/core/store";

interface HeadersInput {
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
export function objectInfo(described: Described, purpose: Purpose): ObjectInfo {
  return {
    ...describedBy(described, purpose),
    size: described.contentLength ?? 0,
    contentType: described.contentType,
    contentEncoding: described.contentEncoding || undefined,
    cacheControl: described.cacheControl || undefined,
    metadata: ownMetadata(described.metadata),
  };
}

/**
 * Azure's metadata names are C# identifiers: letters, digits and `_`, no digit first. keywhen's names are `[a-z0-9-]+`, so
 * `-` is written as `_`, and a name that doesn't begin with a letter gets a leading `_`: `keywhen-id` is `keywhen_id`, `1a`
 * is `_1a`, `-1a` is `__1a`. No two names become the same.
 */
export function azureMetadata(
  metadata: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  return renamed(metadata, azureName);
}

/** Names come back in any case: Azure keeps the writer's case, HTTP doesn't. */
export function ownMetadata(
  metadata: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  return renamed(metadata, ownName);
}

function azureName(name: string): string {
  const identifier = name.replaceAll("-", "_");
  return /^[a-z]/i.test(identifier) ? identifier : `_${identifier}`;
}

function ownName(name: string): string {
  return name.toLowerCase().replace(/^_/, "").replaceAll("_", "-");
}

function renamed(
  metadata: Readonly<Record<string, string>> = {},
  rename: (name: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [rename(name), value]));
}

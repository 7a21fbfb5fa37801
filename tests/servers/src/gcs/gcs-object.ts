import { createHash } from "node:crypto";
import { isRecord, textOf } from "./gcs-http.js";

export interface GcsAttributes {
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly contentLanguage?: string | undefined;
  readonly contentDisposition?: string | undefined;
  readonly cacheControl?: string | undefined;
  readonly customTime?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export interface GcsHashes {
  readonly crc32c: string;
  readonly md5Hash: string;
}

export interface GcsObject {
  readonly bucket: string;
  readonly name: string;
  /** A new one with each body: 16 digits, rising. */
  readonly generation: string;
  /** Counts the changes of the attributes. */
  readonly metageneration: number;
  readonly created: Date;
  readonly updated: Date;
  readonly body: Buffer;
  readonly hashes: GcsHashes;
  readonly attributes: GcsAttributes;
}

/** The attributes that an object resource in a request names. */
export function attributesIn(resource: Readonly<Record<string, unknown>>): GcsAttributes {
  const { metadata } = resource;
  return {
    contentType: textOf(resource["contentType"]),
    contentEncoding: textOf(resource["contentEncoding"]),
    contentLanguage: textOf(resource["contentLanguage"]),
    contentDisposition: textOf(resource["contentDisposition"]),
    cacheControl: textOf(resource["cacheControl"]),
    customTime: textOf(resource["customTime"]),
    metadata: isRecord(metadata) ? textsIn(metadata) : undefined,
  };
}

/** An empty map of metadata is nothing, as to Google. */
export function isGiven(attributes: GcsAttributes): boolean {
  return Object.values(attributes).some((value) =>
    isRecord(value) ? Object.keys(value).length > 0 : value !== undefined,
  );
}

export function hashesOf(body: Uint8Array): GcsHashes {
  return { crc32c: crc32c(body), md5Hash: createHash("md5").update(body).digest("base64") };
}

/** JSON merge patch: `null` takes away, what isn't named stays. */
export function patched(
  attributes: GcsAttributes,
  resource: Readonly<Record<string, unknown>>,
): GcsAttributes {
  return attributesIn(merged(attributes, resource));
}

export function objectResource(object: GcsObject): Record<string, unknown> {
  const { bucket, name, generation, metageneration, created, updated, body } = object;
  const { metadata = {}, ...headers } = object.attributes;
  return {
    kind: "storage#object",
    id: `${bucket}/${name}/${generation}`,
    name,
    bucket,
    generation,
    metageneration: `${metageneration}`,
    storageClass: "STANDARD",
    size: `${body.length}`,
    ...object.hashes,
    ...headers,
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    timeCreated: created.toISOString(),
    updated: updated.toISOString(),
  };
}

function merged(before: object, change: object): Record<string, unknown> {
  const result: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(change)) {
    const old = result[name];
    if (value === null) delete result[name];
    else result[name] = isRecord(value) ? merged(isRecord(old) ? old : {}, value) : value;
  }
  return result;
}

function textsIn(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, `${value}`]));
}

/** Castagnoli's polynomial, bits reversed. */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/** CRC32C, big-endian, in base64. */
export function crc32c(bytes: Uint8Array): string {
  let value = 0xffffffff;
  for (const byte of bytes) value = (TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(~value >>> 0);
  return sum.toString("base64");
}

import { type ObjectRef, ObjectStoreError, type RequestKind } from "@keywhen/core/store";
import type { GcsConnection } from "./gcs-connection.js";

/** Parameters of a request; what is undefined is left out. */
export type Query = Readonly<Record<string, string | undefined>>;

export function bucketPath(bucket: string): string {
  return `/b/${encodeURIComponent(bucket)}/o`;
}

/** A name's `/` is escaped too: to the JSON API it is one part of the path. */
export function objectPath({ bucket, key }: ObjectRef): string {
  return `${bucketPath(bucket)}/${encodeURIComponent(key)}`;
}

export function apiUrl({ baseUrl }: GcsConnection, path: string, query: Query = {}): string {
  return `${baseUrl}${path}${queryOf(query)}`;
}

export function uploadUrl({ uploadUrl: base }: GcsConnection, bucket: string, query: Query) {
  return `${base}${bucketPath(bucket)}${queryOf(query)}`;
}

/** Throws `invalid-key` for half a character, which a URL can't carry. */
export function checkText(operation: RequestKind, bucket: string, text: string): void {
  if (text.isWellFormed()) return;
  const message = "the key has half a character (a lone surrogate)";
  throw new ObjectStoreError({ code: "invalid-key", operation, bucket, message });
}

function queryOf(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

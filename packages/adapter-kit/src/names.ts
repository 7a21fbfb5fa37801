import { type ObjectRef, ObjectStoreError, type RequestKind } from "@keywhen/core/store";
import type { Purpose } from "./request.js";

/** Returns why a store can't have an object, as one clause, or undefined. */
export type NameProblem = (ref: ObjectRef) => string | undefined;

/** Throws `invalid-key` for an object that the store can't have, before anything is sent. */
export function checkName(operation: RequestKind, ref: ObjectRef, problemOf: NameProblem): void {
  const message = problemOf(ref);
  if (message === undefined) return;
  throw new ObjectStoreError({ ...ref, code: "invalid-key", operation, message });
}

/** Throws `invalid-key` for a bucket that the store can't have. */
export function checkBucket(operation: RequestKind, bucket: string, problemOf: NameProblem): void {
  const message = problemOf({ bucket, key: "key" });
  if (message === undefined) return;
  throw new ObjectStoreError({ code: "invalid-key", operation, bucket, message });
}

/** Where a request goes. */
export interface RequestAddress {
  readonly hostname: string;
  /** Percent-encoded, without the query. */
  readonly path: string;
}

/**
 * Throws `invalid-key` unless a request goes to its bucket and key: the bucket in the path or in front of the host, and the
 * key byte for byte; without a key, to the bucket itself. SDKs, URL libraries and middleware may rewrite names (`..`), so
 * an adapter checks this last before it sends.
 */
export function checkAddress(
  address: RequestAddress,
  { operation, bucket, key }: Pick<Purpose, "operation" | "bucket" | "key">,
): void {
  if (leadsTo(address, bucket, key)) return;
  const message = `the request would go to ${address.hostname}${address.path}, which is another object: choose another key`;
  throw new ObjectStoreError({ code: "invalid-key", operation, bucket, key, message });
}

function leadsTo(
  { hostname, path }: RequestAddress,
  bucket: string,
  key: string | undefined,
): boolean {
  const name = decoded(path);
  if (name === undefined) return false;
  const isInHost = hostname.toLowerCase().startsWith(`${bucket.toLowerCase()}.`);
  if (key !== undefined) {
    return name.endsWith(`/${bucket}/${key}`) || (isInHost && name.endsWith(`/${key}`));
  }
  return /\/([^/]+)\/?$/.exec(name)?.[1] === bucket || (isInHost && name.endsWith("/"));
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

import type { NameLimits, ObjectRef } from "./object-store.js";
import { ObjectStoreError, type RequestKind } from "./object-store-error.js";

/** Throws `invalid-key`, with the number and the limit, if a store with these limits can't have the object. */
export function checkKey(operation: RequestKind, ref: ObjectRef, limits: NameLimits): void {
  const message = nameProblem(ref, limits);
  if (message === undefined) return;
  throw new ObjectStoreError({ ...ref, code: "invalid-key", operation, message });
}

/** Throws `invalid-key` if a store with these limits can't have the bucket. */
export function checkBucketName(operation: RequestKind, bucket: string, limits: NameLimits): void {
  const message = bucketProblem(bucket, limits);
  if (message === undefined) return;
  throw new ObjectStoreError({ code: "invalid-key", operation, bucket, message });
}

/** A start for `ObjectStore.nameProblem`: why no store with these limits can have the object, as one clause. */
export function nameProblem({ bucket, key }: ObjectRef, limits: NameLimits): string | undefined {
  return bucketProblem(bucket, limits) ?? keyProblem(key, limits);
}

function bucketProblem(bucket: string, { bucketCharacters }: NameLimits): string | undefined {
  if (bucket.length > 0 && bucket.length <= bucketCharacters) return undefined;
  return `the bucket's name has ${bucket.length} characters; 1 to ${bucketCharacters} are allowed`;
}

function keyProblem(key: string, limits: NameLimits): string | undefined {
  if (key === "") return "the key is empty";
  if (!key.isWellFormed()) return "the key contains a lone surrogate (half of a character)";
  if (key.length * MOST_BYTES_A_UNIT > limits.keyBytes) {
    const bytes = utf8.encode(key).length;
    if (bytes > limits.keyBytes)
      return `the key has ${bytes} bytes; the limit is ${limits.keyBytes}`;
  }
  const { keySegmentCharacters } = limits;
  if (keySegmentCharacters === undefined) return undefined;
  const longest = Math.max(...key.split("/").map((segment) => segment.length));
  if (longest <= keySegmentCharacters) return undefined;
  return `a part of the key has ${longest} characters; the limit is ${keySegmentCharacters}`;
}

const utf8 = new TextEncoder();
/** UTF-8 bytes of one UTF-16 unit: most keys are too short to be counted. */
const MOST_BYTES_A_UNIT = 3;

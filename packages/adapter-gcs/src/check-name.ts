import {
  checkBucketName,
  checkKey,
  type NameLimits,
  type ObjectRef,
  ObjectStoreError,
  type RequestKind,
} from "@keywhen/core/store";

/** https://cloud.google.com/storage/docs/objects#naming and https://cloud.google.com/storage/docs/buckets#naming */
export const GCS_LIMITS: NameLimits = { keyBytes: 1_024, bucketCharacters: 222 };

const RESERVED = ".well-known/acme-challenge/";
const BUCKET_PART = /^[a-z0-9_-]{1,63}$/;

/** Throws `invalid-key` for what Cloud Storage can't have, before anything is sent. */
export function checkName(operation: RequestKind, ref: ObjectRef): void {
  checkBucket(operation, ref.bucket);
  checkKey(operation, ref, GCS_LIMITS);
  const message = keyProblem(ref.key);
  if (message === undefined) return;
  throw new ObjectStoreError({ ...ref, code: "invalid-key", operation, message });
}

/** Throws `invalid-key` for a bucket's name that can't be. */
export function checkBucket(operation: RequestKind, bucket: string): void {
  checkBucketName(operation, bucket, GCS_LIMITS);
  if (bucket.split(".").every((part) => BUCKET_PART.test(part))) return;
  const message =
    "a bucket's name has parts of 1 to 63 of a-z, 0-9, - and _, with a dot between two";
  throw new ObjectStoreError({ code: "invalid-key", operation, bucket, message });
}

function keyProblem(key: string): string | undefined {
  if (/[\r\n]/.test(key)) return "the key has a line break";
  if (key === "." || key === "..") return `the key is "${key}"`;
  if (key.startsWith(RESERVED)) return `the key begins with ${RESERVED}`;
  return undefined;
}

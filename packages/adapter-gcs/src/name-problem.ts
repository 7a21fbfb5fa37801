import { nameProblem as limitProblem, type NameLimits, type ObjectRef } from "@keywhen/core/store";

/** https://cloud.google.com/storage/docs/objects#naming and https://cloud.google.com/storage/docs/buckets#naming */
export const GCS_LIMITS: NameLimits = { keyBytes: 1_024, bucketCharacters: 222 };

const RESERVED = ".well-known/acme-challenge/";
const BUCKET_PART = /^[a-z0-9_-]{1,63}$/;

/** Returns why Cloud Storage can't have the object, as one clause, or undefined. */
export function nameProblem(ref: ObjectRef): string | undefined {
  return limitProblem(ref, GCS_LIMITS) ?? bucketFormProblem(ref.bucket) ?? keyProblem(ref.key);
}

/** Returns why Cloud Storage can't have the bucket, as one clause, or undefined. */
export function bucketProblem(bucket: string): string | undefined {
  return nameProblem({ bucket, key: "key" });
}

function bucketFormProblem(bucket: string): string | undefined {
  if (bucket.split(".").every((part) => BUCKET_PART.test(part))) return undefined;
  return "the bucket's name must have parts of 1 to 63 characters of a-z, 0-9, - and _, with a dot between two parts";
}

/** A key is one part of the URL's path. URL libraries remove the parts `.` and `..`: the request would go to another object. */
function keyProblem(key: string): string | undefined {
  if (/[\r\n]/.test(key)) return "the key has a line break";
  if (key === "." || key === "..") return `the key is "${key}"`;
  if (key.startsWith(RESERVED)) return `the key begins with ${RESERVED}`;
  return undefined;
}

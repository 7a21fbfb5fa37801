import { nameProblem as limitProblem, type NameLimits, type ObjectRef } from "@keywhen/core/store";

export interface NameRules {
  readonly limits: NameLimits;
  /** Such a store refuses `.`, `..` and nothing between two `/` of a key. */
  readonly hasFileNames?: boolean | undefined;
}

/** All names of S3, old ones with capitals included. Others change a URL: `.` and `..` vanish, so that the key names the bucket; `:` is Ceph's tenant. */
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Returns why no such store can have the object, as one clause, or undefined. */
export function nameProblem(
  ref: ObjectRef,
  { limits, hasFileNames }: NameRules,
): string | undefined {
  const problem = limitProblem(ref, limits) ?? bucketProblem(ref.bucket);
  if (problem !== undefined) return problem;
  if (ref.key.includes("\0")) return "the key has a NUL character";
  if (hasFileNames !== true) return undefined;
  const parts = ref.key.split("/");
  if (parts.some((part) => part === "." || part === "..")) {
    return 'the key has a part "." or "..", which MinIO refuses';
  }
  return ref.key.includes("//") ? "the key has //, which MinIO refuses" : undefined;
}

/** Returns why no store that speaks S3 can have the bucket, or undefined. */
export function bucketProblem(bucket: string): string | undefined {
  if (BUCKET.test(bucket)) return undefined;
  return "the bucket's name must start with a letter or a digit and have only letters, digits, dots, hyphens and underscores";
}

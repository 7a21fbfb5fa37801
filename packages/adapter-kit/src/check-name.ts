import { type ObjectRef, ObjectStoreError, type RequestKind } from "@keywhen/core/store";

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

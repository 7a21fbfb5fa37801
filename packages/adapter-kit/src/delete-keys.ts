import { type DeleteResult, ObjectStoreError } from "@keywhen/core/store";
import { checkBucket, type NameProblem } from "./names.js";

export const GONE: DeleteResult = { outcome: "gone" };

export interface DeleteRules {
  /** The most keys that one call takes. */
  readonly batchSize: number;
  readonly nameProblem: NameProblem;
}

/**
 * Deletes the keys that the store can have by `deletePossible`, each of them once. It notes each key's result; a key without
 * one has failed, because its answer did not name it.
 */
export async function deleteKeys(
  bucket: string,
  keys: readonly string[],
  { batchSize, nameProblem }: DeleteRules,
  deletePossible: (
    possible: ReadonlySet<string>,
    results: Map<string, DeleteResult>,
  ) => Promise<void>,
): Promise<readonly DeleteResult[]> {
  checkBucket("delete", bucket, nameProblem);
  if (keys.length > batchSize) throw tooMany(bucket, keys.length, batchSize);
  const possible = new Set<string>();
  const results = new Map<string, DeleteResult>();
  for (const key of keys) {
    const message = nameProblem({ bucket, key });
    if (message === undefined) possible.add(key);
    else results.set(key, failedDelete(bucket, key, "invalid-key", message));
  }
  if (possible.size > 0) await deletePossible(possible, results);
  return keys.map((key) => results.get(key) ?? failedDelete(bucket, key, "unexpected", UNNAMED));
}

const UNNAMED =
  "the answer does not confirm the delete, because it does not name the key: delete it again";

function failedDelete(
  bucket: string,
  key: string,
  code: "invalid-key" | "unexpected",
  message: string,
): DeleteResult {
  const error = new ObjectStoreError({ code, operation: "delete", bucket, key, message });
  return { outcome: "failed", error };
}

function tooMany(bucket: string, count: number, batchSize: number): ObjectStoreError {
  const message = `${count} keys in one call; the limit is ${batchSize}: split them`;
  return new ObjectStoreError({ code: "not-supported", operation: "delete", bucket, message });
}

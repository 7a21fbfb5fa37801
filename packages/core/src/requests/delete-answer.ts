import type {
  DeleteResult,
  ObjectRef,
  ObjectStore,
  RequestOptions,
} from "../store/object-store.js";
import { ObjectStoreError } from "../store/object-store-error.js";

/** What a store answered for one key of a delete; if it said nothing of it, that is undecided. */
export function deleteAnswer(
  results: readonly DeleteResult[],
  index: number,
  ref: ObjectRef,
): DeleteResult {
  return results[index] ?? { outcome: "failed", error: noAnswer(ref) };
}

/** Deletes one object; throws unless the store confirms it. */
export async function deleteOne(
  store: ObjectStore,
  ref: ObjectRef,
  call: RequestOptions,
): Promise<void> {
  const results = await store.delete(ref.bucket, [ref.key], call);
  const answer = deleteAnswer(results, 0, ref);
  if (answer.outcome === "failed") throw answer.error;
}

function noAnswer(ref: ObjectRef): ObjectStoreError {
  const message = "the store gave no answer for this key";
  return new ObjectStoreError({ ...ref, code: "unexpected", operation: "delete", message });
}

import { checkTarget } from "../codec/key-limits.js";
import { KeywhenError } from "../keywhen-error.js";
import type { ObjectRef, ObjectStore } from "../store/object-store.js";

/**
 * Throws `invalid-target` for a target that the store can never hold: an event with such a target would be stored, and
 * dead-lettered when it is due.
 */
export function checkTargetOnStore(store: ObjectStore, to: ObjectRef): void {
  checkTarget(to, store.capabilities.limits);
  const problem = store.nameProblem?.(to);
  if (problem === undefined) return;
  throw new KeywhenError(
    "invalid-target",
    `This store can't hold the target ${JSON.stringify(`${to.bucket}/${to.key}`)}: ${problem}. Choose another bucket or key.`,
  );
}

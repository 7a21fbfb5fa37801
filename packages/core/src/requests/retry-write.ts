import { isStoreError, type ObjectStoreError } from "../store/object-store-error.js";
import { type RetryPolicy, retry } from "./retry.js";

/** The store's answer to a write, or the error that leaves it open whether the write was carried out. */
export type WriteResult<T> =
  | { readonly outcome: "answered"; readonly answer: T }
  | { readonly outcome: "undecided"; readonly error: ObjectStoreError };

/**
 * Sends a write until it is answered, as `retry` does. Throws only an error which says that nothing was done, or `aborted`: a
 * caller that aborts does not wait for an answer.
 */
export async function retryWrite<T>(
  policy: RetryPolicy,
  send: () => Promise<T>,
): Promise<WriteResult<T>> {
  let undecided: ObjectStoreError | undefined;
  const onFailure = (error: ObjectStoreError) => {
    if (error.undecided) undecided = error;
  };
  try {
    return { outcome: "answered", answer: await retry({ ...policy, onFailure }, send) };
  } catch (error) {
    if (!isStoreError(error) || error.code === "aborted") throw error;
    if (error.undecided) return { outcome: "undecided", error };
    if (undecided !== undefined) return { outcome: "undecided", error: undecided };
    throw error;
  }
}

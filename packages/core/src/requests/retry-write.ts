import { isStoreError, type ObjectStoreError } from "../store/object-store-error.js";
import { type RetryPolicy, retry } from "./retry.js";

/** The store's answer to a write, or the error that leaves it open whether the write was carried out. */
export type WriteAnswer<T> =
  | { readonly isKnown: true; readonly value: T }
  | { readonly isKnown: false; readonly error: ObjectStoreError };

/**
 * Sends a write until it is answered, as `retry` does. Throws only an error which says that nothing was
 * done, or `aborted`: whoever aborts a call asks for no answer.
 */
export async function retryWrite<T>(
  policy: RetryPolicy,
  send: () => Promise<T>,
): Promise<WriteAnswer<T>> {
  let undecided: ObjectStoreError | undefined;
  const onFailure = (error: ObjectStoreError) => {
    if (error.undecided) undecided = error;
  };
  try {
    return { isKnown: true, value: await retry({ ...policy, onFailure }, send) };
  } catch (error) {
    if (!isStoreError(error) || error.code === "aborted") throw error;
    if (error.undecided) return { isKnown: false, error };
    if (undecided !== undefined) return { isKnown: false, error: undecided };
    throw error;
  }
}

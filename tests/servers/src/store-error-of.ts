import { ObjectStoreError } from "@keywhen/core/store";

/** The store's error with which a call fails; throws if it succeeds, or fails otherwise. */
export async function storeErrorOf(call: Promise<unknown>): Promise<ObjectStoreError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ObjectStoreError) return error;
    throw error;
  }
  throw new Error("the call did not fail");
}

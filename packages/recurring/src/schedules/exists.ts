import { hasCode } from "@keywhen/core";
import { retry } from "@keywhen/core/internal";
import type { ObjectRef } from "@keywhen/core/store";
import type { Place } from "./place.js";

/** Whether an object is stored: one HEAD. */
export async function exists(
  { store, signal, ...policy }: Place,
  ref: ObjectRef,
): Promise<boolean> {
  try {
    return (await retry({ ...policy, signal }, () => store.head(ref, { signal }))) !== undefined;
  } catch (error) {
    if (hasCode(error, "invalid-key")) return false; // by a damaged definition
    throw error;
  }
}

import type { DeleteResult, ObjectStore } from "@keywhen/core/store";
import { inParallel } from "./in-parallel.js";

/** Deletes any number of keys, in batches as large as the store takes, and gives its answers in their order. */
export async function deleteKeys(
  store: ObjectStore,
  bucket: string,
  keys: readonly string[],
): Promise<readonly DeleteResult[]> {
  const declared = store.capabilities.deleteBatchSize;
  // A capability that is missing or wrong fails a proof, not this.
  const size = Number.isFinite(declared) ? Math.max(1, declared) : 1;
  const batches = Array.from({ length: Math.ceil(keys.length / size) }, (_, index) =>
    keys.slice(index * size, (index + 1) * size),
  );
  return (await inParallel(batches, (batch) => store.delete(bucket, batch))).flat();
}

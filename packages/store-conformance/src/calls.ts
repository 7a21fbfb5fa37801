import type { DeleteResult, ObjectStore } from "@keywhen/core/store";

const WORKERS = 16;

/** Does `work` for 16 items at a time; the results are in order. Throws the first error after all have ended. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item, index);
  };
  for (const ended of await Promise.allSettled(Array.from({ length: WORKERS }, worker))) {
    if (ended.status === "rejected") throw ended.reason;
  }
  return results;
}

/** In batches as large as the store takes. */
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

/** Rejects with the error if the call takes longer: a call that hangs proves nothing. */
export async function within<Result>(
  limitMs: number,
  call: Promise<Result>,
  error: Error,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, limitMs, error);
  });
  try {
    return await Promise.race([call, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

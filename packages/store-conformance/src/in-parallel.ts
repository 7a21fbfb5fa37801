const WORKERS = 16;

/**
 * Does `work` for every item, 16 at a time, and gives the results in the order of the items. If some fail,
 * the first error is thrown when nothing is under way any more.
 */
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

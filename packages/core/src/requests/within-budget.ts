export interface Budget<Item> {
  /** What may run at once; one item always may. */
  readonly budget: number;
  readonly weightOf: (item: Item) => number;
}

/**
 * Does `work` for each item, takes the next one only when there is room for it, stops at the first
 * failure and throws it when all that runs has ended.
 */
export async function withinBudget<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  { budget, weightOf }: Budget<Item>,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let weight = 0;

  function start(item: Item): void {
    weight += weightOf(item);
    const job: Promise<void> = work(item)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => {
        weight -= weightOf(item);
        running.delete(job);
      });
    running.add(job);
  }

  try {
    for await (const item of items) {
      while (running.size > 0 && weight + weightOf(item) > budget) await Promise.race(running);
      if (failures.length > 0) break;
      start(item);
    }
  } finally {
    await Promise.all(running);
  }
  if (failures.length > 0) throw failures[0];
}

/** Yields the same items, but asks for the next one as soon as it yields one: at most one waits in memory. */
export async function* readAhead<T>(source: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
  let next = source.next();
  try {
    for (let item = await next; item.done !== true; item = await next) {
      next = source.next();
      next.catch(() => {}); // thrown where it is awaited, if it still is
      yield item.value;
    }
  } finally {
    await source.return();
  }
}

export interface Budget<Item> {
  /** The weight of all items that may run at the same time; one item always may. */
  readonly budget: number;
  readonly weightOf: (item: Item) => number;
}

/** Takes the next item only when there is room for it. Throws the first failure when all running work has ended. */
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

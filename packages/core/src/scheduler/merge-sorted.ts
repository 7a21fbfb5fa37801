import { withinBudget } from "../requests/within-budget.js";

/** First items asked for at once: each is a listing. */
const ASKED_AT_ONCE = 16;

/**
 * One sequence out of several, each in rising order of its keys; what stands in two of them is given once. One item of
 * each is held, the next one is asked for only when it is needed.
 */
export async function* mergeSorted<T>(
  sources: readonly AsyncGenerator<T, void>[],
  keyOf: (item: T) => string,
): AsyncGenerator<T, void> {
  const heads: { readonly source: AsyncGenerator<T, void>; item: T }[] = [];
  try {
    const budget = { budget: ASKED_AT_ONCE, weightOf: () => 1 };
    await withinBudget(sources, budget, async (source) => {
      const first = await source.next();
      if (!first.done) heads.push({ source, item: first.value });
    });
    let lastKey: string | undefined;
    while (heads.length > 0) {
      const least = heads.reduce((one, other) =>
        keyOf(other.item) < keyOf(one.item) ? other : one,
      );
      const { item } = least;
      if (keyOf(item) !== lastKey) yield item;
      lastKey = keyOf(item);
      const next = await least.source.next();
      if (next.done) heads.splice(heads.indexOf(least), 1);
      else least.item = next.value;
    }
  } finally {
    for (const source of sources) await source.return();
  }
}

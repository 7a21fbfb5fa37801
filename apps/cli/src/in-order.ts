/**
 * What `look` makes of each item, in the order of the items, several under way at once. Items are read only as far
 * ahead as that. An error comes when its item's turn has come.
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T>,
  concurrency: number,
  look: (item: T) => Promise<R>,
): AsyncGenerator<R, void> {
  const underWay: Promise<R>[] = [];
  for await (const item of items) {
    const looking = look(item);
    looking.catch(() => {}); // it is told when its turn has come
    underWay.push(looking);
    const first = underWay.length === concurrency ? underWay.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const looking of underWay) yield await looking;
}

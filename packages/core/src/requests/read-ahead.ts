/** The same items, with the next one asked for as soon as one is given: one waits in memory at most. */
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

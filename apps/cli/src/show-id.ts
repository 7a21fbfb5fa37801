/** Ids hold `|`, which a shell takes for a pipe; they never hold a single quote, so these make one word. */
export function quoteId(id: string): string {
  return `'${id}'`;
}

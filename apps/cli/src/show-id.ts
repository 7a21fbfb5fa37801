import { parseEventId } from "@keywhen/core";

/** Ids hold `|`, which a shell takes for a pipe; they never hold a single quote, so these make one word. */
export function quoteId(id: string): string {
  return `'${id}'`;
}

/** Where an event goes, by its id: `reminders/42.json`. */
export function targetOf(id: string): string {
  const to = parseEventId(id)?.to;
  return to === undefined ? quoteId(id) : `${to.bucket}/${to.key}`;
}

import type { DeadLetters, EventFilter } from "@keywhen/core";
import type { Context } from "hono";
import { type EventPage, LARGEST_PAGE, type WaitingEvent } from "../api/events.js";
import { check, listCheck } from "../checks.js";
import { toWaitingEvent } from "../wire.js";

/** A search answers after this many events; each thousand is a LIST. */
const MOST_READ = 10 * LARGEST_PAGE;

/** Returns the page of `source` that a call's query asks for, without hidden events. */
export async function listPage(
  c: Context,
  source: Pick<DeadLetters, "list">,
  isHidden: (id: string) => boolean = () => false,
): Promise<EventPage> {
  const query = check(listCheck, c.req.query());
  const { from, until, after, limit = LARGEST_PAGE } = query;
  const filter: EventFilter = { from, until, after };
  const matches = matcher(query);
  const events: WaitingEvent[] = [];
  let read = 0;
  for await (const listed of source.list(filter, { signal: c.req.raw.signal })) {
    // There is at least one more.
    if (events.length === limit) return { events, next: events.at(-1)?.id ?? "" };
    const event = toWaitingEvent(listed);
    if (matches(event) && !isHidden(event.id)) events.push(event);
    read += 1;
    if (read === MOST_READ) return { events, next: event.id };
  }
  return { events };
}

interface Search {
  readonly bucket?: string | undefined;
  readonly prefix?: string | undefined;
  readonly q?: string | undefined;
}

function matcher({ bucket, prefix = "", q = "" }: Search): (event: WaitingEvent) => boolean {
  const sought = q.toLowerCase();
  return ({ to }) =>
    (bucket === undefined || to.bucket === bucket) &&
    to.key.startsWith(prefix) &&
    `${to.bucket}/${to.key}`.toLowerCase().includes(sought);
}

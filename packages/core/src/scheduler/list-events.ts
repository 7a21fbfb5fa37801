import type { ResolvedHome } from "../options/home.js";
import { listPages } from "../requests/list-pages.js";
import { type EventFilter, planListing } from "./event-filter.js";
import { listedEvent, type ScheduledEvent } from "./scheduled-event.js";

/** Waiting events in due order, with one page of keys in memory; foreign objects are passed over. */
export async function* listEvents(
  home: ResolvedHome,
  filter: EventFilter,
  signal: AbortSignal | undefined,
): AsyncGenerator<ScheduledEvent, void> {
  const { range, limit, matches } = planListing(home, filter);
  let given = 0;
  for await (const objects of listPages(home.store, range, { ...home, signal })) {
    for (const object of objects) {
      const event = listedEvent(home.codec, home.pendingPrefix, object);
      if (event === undefined || !matches(event)) continue;
      yield event;
      given += 1;
      if (given === limit) return;
    }
  }
}

import type { LayoutReader } from "../layout/layout-reader.js";
import { placesOf } from "../layout/places.js";
import type { ResolvedHome } from "../options/home.js";
import { type EventFilter, planListing } from "./event-filter.js";
import { listEvents } from "./list-events.js";
import { mergeSorted } from "./merge-sorted.js";
import type { ScheduledEvent } from "./scheduled-event.js";

/** Waiting events of all shards in due order, with one page of keys of each in memory. */
export async function* listAll(
  home: ResolvedHome,
  layout: LayoutReader,
  filter: EventFilter,
  signal: AbortSignal | undefined,
): AsyncGenerator<ScheduledEvent, void> {
  const { limit } = planListing(home, filter);
  const places = placesOf(home, await layout.read(signal));
  const lists = places.map((place) => listEvents(place, filter, signal));
  let given = 0;
  for await (const event of mergeSorted(lists, ({ id }) => id)) {
    yield event;
    given += 1;
    if (given === limit) return;
  }
}

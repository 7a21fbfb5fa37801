import type { LayoutReader } from "../layout/layout-reader.js";
import { placesOfEvent } from "../layout/places.js";
import type { ResolvedHome } from "../options/home.js";
import type { ObjectInfo } from "../store/object-store.js";
import { decodeGivenId } from "./event-id.js";
import { headEvent } from "./head-event.js";

/** An event and the place where it waits. */
export interface FoundEvent {
  readonly place: ResolvedHome;
  readonly info: ObjectInfo;
}

/** Every place where an event may wait; throws `invalid-id`. */
export async function placesOfId(
  home: ResolvedHome,
  layout: LayoutReader,
  id: string,
  signal: AbortSignal | undefined,
): Promise<readonly ResolvedHome[]> {
  const { deliveryId } = decodeGivenId(home, id);
  return placesOfEvent(home, await layout.read(signal), deliveryId);
}

/** Looks for an event in one place after the other: a HEAD each, until it is found. */
export async function findFirst(
  places: readonly ResolvedHome[],
  id: string,
  signal: AbortSignal | undefined,
): Promise<FoundEvent | undefined> {
  for (const place of places) {
    const info = await headEvent(place, place.pendingPrefix, id, signal);
    if (info !== undefined) return { place, info };
  }
  return undefined;
}

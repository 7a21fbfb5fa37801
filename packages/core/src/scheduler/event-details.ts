import { asEventId } from "../codec/event-id.js";
import type { LayoutReader } from "../layout/layout-reader.js";
import type { ResolvedHome } from "../options/home.js";
import { userMetadata } from "../options/metadata.js";
import type { ObjectInfo } from "../store/object-store.js";
import { decodeGivenId } from "./event-id.js";
import { findFirst, placesOfId } from "./find-event.js";
import type { EventDetails } from "./scheduled-event.js";

/** What one HEAD tells of a waiting event; `undefined` if no such event waits in any of its places. */
export async function getEvent(
  home: ResolvedHome,
  layout: LayoutReader,
  id: string,
  signal: AbortSignal | undefined,
): Promise<EventDetails | undefined> {
  const places = await placesOfId(home, layout, id, signal);
  const found = await findFirst(places, id, signal);
  return found && detailsOf(home, id, found.info);
}

/** What an event's id and its object tell. */
export function detailsOf(home: ResolvedHome, id: string, info: ObjectInfo): EventDetails {
  const { atMs, to, deliveryId } = decodeGivenId(home, id);
  return {
    id: asEventId(id),
    at: new Date(atMs),
    to,
    size: info.size,
    writtenAt: info.lastModified,
    deliveryId,
    contentType: info.contentType,
    metadata: userMetadata(info.metadata),
  };
}

import type { ResolvedHome } from "../options/home.js";
import { userMetadata } from "../options/metadata.js";
import { retry } from "../requests/retry.js";
import type { ObjectInfo } from "../store/object-store.js";
import { decodeGivenId } from "./event-id.js";
import { asEventId, type EventDetails } from "./scheduled-event.js";

/** What one HEAD tells of a waiting event; `undefined` if no such event waits. */
export async function getEvent(
  home: ResolvedHome,
  id: string,
  signal: AbortSignal | undefined,
): Promise<EventDetails | undefined> {
  const info = await headEvent(home, home.pendingPrefix, id, signal);
  return info && detailsOf(home, id, info);
}

/** The HEAD of an event under a prefix; throws `invalid-id`. */
export async function headEvent(
  home: ResolvedHome,
  prefix: string,
  id: string,
  signal: AbortSignal | undefined,
): Promise<ObjectInfo | undefined> {
  decodeGivenId(home, id);
  const ref = { bucket: home.bucket, key: prefix + id };
  return retry({ ...home, signal }, () => home.store.head(ref, { signal }));
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

import type { ResolvedHome } from "../options/home.js";
import { userMetadata } from "../options/metadata.js";
import { retry } from "../requests/retry.js";
import { decodeGivenId } from "./event-id.js";
import { asEventId, type EventDetails } from "./scheduled-event.js";

/** What one HEAD tells of a waiting event; `undefined` if no such event waits. */
export async function getEvent(
  home: ResolvedHome,
  id: string,
  signal: AbortSignal | undefined,
): Promise<EventDetails | undefined> {
  const { atMs, to, deliveryId } = decodeGivenId(home, id);
  const ref = { bucket: home.bucket, key: home.pendingPrefix + id };
  const info = await retry({ ...home, signal }, () => home.store.head(ref, { signal }));
  return (
    info && {
      id: asEventId(id),
      at: new Date(atMs),
      to,
      size: info.size,
      writtenAt: info.lastModified,
      deliveryId,
      contentType: info.contentType,
      metadata: userMetadata(info.metadata),
    }
  );
}

import type { ResolvedHome } from "../options/home.js";
import { userMetadata } from "../options/metadata.js";
import { retry } from "../requests/retry.js";
import { decodeGivenId } from "../scheduler/event-id.js";
import { asEventId, type EventDetails } from "../scheduler/scheduled-event.js";
import { parseInstant } from "../time/instant.js";
import { readDeath } from "./dead-metadata.js";

/** An event that was given up. `writtenAt` is when it was moved to the dead letters. */
export interface DeadLetter extends EventDetails {
  /** By the sweeper's clock; where the store kept no reason, `writtenAt`. */
  readonly diedAt: Date;
  /** A `DeadReason`; `undefined` if the store refused to keep it. */
  readonly reason: string | undefined;
  /** What its last try met: a store's error code, and its words as ASCII, perhaps cut. */
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

/** What one HEAD tells of a dead letter; `undefined` if there is none of this id. */
export async function getDeadLetter(
  home: ResolvedHome,
  id: string,
  signal: AbortSignal | undefined,
): Promise<DeadLetter | undefined> {
  const { atMs, to, deliveryId } = decodeGivenId(home, id);
  const ref = { bucket: home.bucket, key: home.deadPrefix + id };
  const info = await retry({ ...home, signal }, () => home.store.head(ref, { signal }));
  if (info === undefined) return undefined;
  const death = readDeath(info.metadata);
  const diedAtMs = parseInstant(death.diedAt ?? "");
  return {
    id: asEventId(id),
    at: new Date(atMs),
    to,
    size: info.size,
    writtenAt: info.lastModified,
    deliveryId,
    contentType: info.contentType,
    metadata: userMetadata(info.metadata),
    diedAt: diedAtMs === undefined ? info.lastModified : new Date(diedAtMs),
    reason: death.reason,
    error:
      death.code === undefined ? undefined : { code: death.code, message: death.message ?? "" },
  };
}

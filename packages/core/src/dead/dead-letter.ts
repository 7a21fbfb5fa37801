import type { ResolvedHome } from "../options/home.js";
import { detailsOf } from "../scheduler/event-details.js";
import { headEvent } from "../scheduler/head-event.js";
import type { EventDetails } from "../scheduler/scheduled-event.js";
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
  const info = await headEvent(home, home.deadPrefix, id, signal);
  if (info === undefined) return undefined;
  const { diedAt, reason, code, message } = readDeath(info.metadata);
  const diedAtMs = parseInstant(diedAt ?? "");
  return {
    ...detailsOf(home, id, info),
    diedAt: diedAtMs === undefined ? info.lastModified : new Date(diedAtMs),
    reason,
    error: code === undefined ? undefined : { code, message: message ?? "" },
  };
}

import { type Clock, isDeliveryOf, type ScheduleLocation } from "@keywhen/core";
import { isStoreError } from "@keywhen/core/store";
import type { Delivery, WaitingEvent } from "../api/index.js";
import type { Journal } from "./journal.js";

export interface WhatBecameParts {
  readonly home: ScheduleLocation;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** Each is a HEAD; what vanished besides is told as gone, wherever it went. */
const LOOKED_FOR = 50;

/** Events that don't wait any more, and nobody here knows why: those that were due may lie at their targets. */
export async function whatBecameOf(
  { home, journal, clock }: WhatBecameParts,
  vanished: readonly WaitingEvent[],
  signal: AbortSignal,
): Promise<void> {
  let looked = 0;
  for (const event of vanished) {
    const mayBeDelivered = Date.parse(event.at) <= clock.now() && looked < LOOKED_FOR;
    if (mayBeDelivered) looked += 1;
    const delivery = mayBeDelivered ? await findDelivery(home, event, signal) : undefined;
    if (delivery === undefined) journal.gone(event.id);
    else journal.delivered(delivery);
  }
}

async function findDelivery(
  { store }: ScheduleLocation,
  event: WaitingEvent,
  signal: AbortSignal,
): Promise<Delivery | undefined> {
  const info = await store.head(event.to, { signal }).catch(noneIfRefused);
  if (info === undefined || !isDeliveryOf(event.id, info.metadata)) return undefined;
  const { id, at, to, size } = event;
  const deliveredMs = Math.max(info.lastModified.getTime(), Date.parse(at));
  return {
    id,
    at,
    to,
    size,
    deliveredAt: new Date(deliveredMs).toISOString(),
    latenessMs: deliveredMs - Date.parse(at),
    by: "elsewhere",
  };
}

/** This server may have no right to read the target: then it can't be told. */
function noneIfRefused(error: unknown): undefined {
  if (isStoreError(error) && !error.retryable && error.code !== "aborted") return undefined;
  throw error;
}

import { checkScheduleKey } from "../codec/key-limits.js";
import type { LayoutReader } from "../layout/layout-reader.js";
import { placeToWrite } from "../layout/places.js";
import type { ResolvedHome } from "../options/home.js";
import { retryWrite, type WriteAnswer } from "../requests/retry-write.js";
import type { PutResult } from "../store/object-store.js";
import { findFirst } from "./find-event.js";
import { type NewEvent, type PlannedEvent, planEvent } from "./new-event.js";
import { answeredLate, type EventIdentity, tooLate, unanswered } from "./schedule-error.js";

/**
 * An event that is certainly stored. Anything else is thrown.
 *
 * - `scheduled`: this call stored it.
 * - `exists` (chosen delivery id): an event of this instant, target and delivery id is stored already,
 *   perhaps by an unanswered first try of this very call; nothing was overwritten.
 */
export type Scheduled = EventIdentity & { readonly outcome: "scheduled" | "exists" };

/**
 * Puts one event: checked completely before anything is sent, whole or not at all. Throws a `ScheduleError` if it is
 * not certainly stored, and the store's error if it is certainly not.
 */
export async function schedule(
  home: ResolvedHome,
  layout: LayoutReader,
  event: NewEvent,
  signal: AbortSignal | undefined,
): Promise<Scheduled> {
  const planned = planEvent(home, event);
  const { id, atMs, to, deliveryId, isChosen } = planned;
  const identity = { id, at: new Date(atMs), to, deliveryId };
  const closesAtMs = atMs - home.guardMs;
  const isClosed = () => isChosen && home.clock.now() >= closesAtMs;
  if (isClosed()) throw tooLate(identity, closesAtMs);
  const { key, isElsewhere } = await findPlace(home, layout, planned, signal);
  if (isElsewhere) return { ...identity, outcome: "exists" };
  if (isClosed()) throw tooLate(identity, closesAtMs);
  const answer = await putEvent(home, { ...planned, key }, closesAtMs, signal);
  if (!answer.isKnown) throw unanswered(identity, answer.error);
  if (answer.value.outcome !== "written") return { ...identity, outcome: "exists" };
  if (isClosed()) throw answeredLate(identity, closesAtMs);
  return { ...identity, outcome: "scheduled" };
}

/**
 * The key in the event's place. A chosen id is looked for in its other places as well, where somebody with another
 * number of shards in mind may have put it.
 */
async function findPlace(
  home: ResolvedHome,
  layout: LayoutReader,
  { id, to, deliveryId, isChosen, key }: PlannedEvent,
  signal: AbortSignal | undefined,
): Promise<{ key: string; isElsewhere: boolean }> {
  if (home.shards === 0) return { key, isElsewhere: false };
  const { place, others } = await placeToWrite(home, layout, deliveryId, signal);
  const keyInPlace = place.pendingPrefix + id;
  checkScheduleKey(keyInPlace, { ...to, deliveryId }, home.store.capabilities.limits, true);
  const found = isChosen ? await findFirst(others, id, signal) : undefined;
  return { key: keyInPlace, isElsewhere: found !== undefined };
}

function putEvent(
  home: ResolvedHome,
  { key, body, put }: PlannedEvent,
  closesAtMs: number,
  signal: AbortSignal | undefined,
): Promise<WriteAnswer<PutResult>> {
  const attempts = body instanceof Uint8Array ? undefined : 1; // a stream can't be sent twice
  return retryWrite({ ...home, signal, untilMs: closesAtMs, attempts }, () =>
    home.store.put({ bucket: home.bucket, key }, body, { ...put, signal }),
  );
}

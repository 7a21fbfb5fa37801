import { checkScheduleKey } from "../codec/key-limits.js";
import type { LayoutReader } from "../layout/layout-reader.js";
import { placeToWrite } from "../layout/places.js";
import type { ResolvedHome } from "../options/home.js";
import type { ClockReading } from "../requests/clock-reading.js";
import { retryWrite, type WriteAnswer } from "../requests/retry-write.js";
import type { PutResult } from "../store/object-store.js";
import { findFirst } from "./find-event.js";
import { type NewEvent, type PlannedEvent, planEvent } from "./new-event.js";
import {
  answeredLate,
  type EventIdentity,
  storedByWrongClock,
  storedUnchecked,
  tooLate,
  unanswered,
} from "./schedule-error.js";
import type { ClockFinding, PutClock, WriterClock } from "./writer-clock.js";

/** What the calls of one scheduler share. */
export interface SchedulerState {
  readonly layout: LayoutReader;
  readonly writerClock: WriterClock;
}

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
  { layout, writerClock }: SchedulerState,
  event: NewEvent,
  signal: AbortSignal | undefined,
): Promise<Scheduled> {
  const planned = planEvent(home, event);
  const { id, atMs, to, deliveryId, isChosen, isRelative } = planned;
  if (isRelative) writerClock.throwIfKnownWrong();
  const identity = { id, at: new Date(atMs), to, deliveryId };
  const closesAtMs = atMs - home.guardMs;
  const isClosed = () => isChosen && home.clock.now() >= closesAtMs;
  if (isClosed()) throw tooLate(identity, closesAtMs);
  const { key, isElsewhere } = await findPlace(home, layout, planned, signal);
  if (isElsewhere) return { ...identity, outcome: "exists" };
  if (isClosed()) throw tooLate(identity, closesAtMs);
  const putClock = writerClock.watchPut();
  const answer = await putEvent(home, { ...planned, key }, putClock, signal);
  if (!answer.isKnown) throw unanswered(identity, answer.error);
  if (answer.value.outcome !== "written") return { ...identity, outcome: "exists" };
  const finding = putClock.judge();
  if (isRelative && finding.isUnread) throw storedUnchecked(identity);
  const harm = harmOf(planned, closesAtMs, finding);
  if (harm !== undefined) throw storedByWrongClock(identity, ...harm);
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
  { key, body, put, atMs }: PlannedEvent,
  putClock: PutClock,
  signal: AbortSignal | undefined,
): Promise<WriteAnswer<PutResult>> {
  const closesAtMs = atMs - home.guardMs;
  const attempts = body instanceof Uint8Array ? undefined : 1; // a stream can't be sent twice
  return retryWrite({ ...home, signal, untilMs: closesAtMs, attempts }, () =>
    home.store.put({ bucket: home.bucket, key }, body, { ...put, ...putClock.call(), signal }),
  );
}

/** What a wrong clock has done to an event; an `at` that is still to come by the store's clock is right all the same. */
function harmOf(
  { isRelative, isChosen, atMs }: PlannedEvent,
  closesAtMs: number,
  { certainSkew, likelySkew }: ClockFinding,
): ["in" | "at" | "chosen", ClockReading] | undefined {
  if (isRelative) return certainSkew && ["in", certainSkew];
  const skew = isChosen ? likelySkew : certainSkew;
  if (skew === undefined) return undefined;
  const endMs = isChosen ? closesAtMs : atMs;
  const isOver = skew.sentAtStoreMs >= endMs && skew.sentAt.wallMs < endMs;
  return isOver ? [isChosen ? "chosen" : "at", skew] : undefined;
}

import { retryWrite } from "../requests/retry.js";
import type { ClockReading } from "../requests/store-clock.js";
import type { Partitions } from "../shards/partitions.js";
import { type ClockFinding, closingOf, type WriterClock } from "./clock-check.js";
import { type NewEvent, type PlannedEvent, planEvent } from "./new-event.js";
import { type EventIdentity, planKey } from "./plan-key.js";
import {
  answeredLate,
  storedByWrongClock,
  storedUnchecked,
  tooLate,
  unanswered,
} from "./schedule-error.js";
import { findEvent, type ReadContext } from "./stored-event.js";

export interface ScheduleContext extends ReadContext {
  readonly partitions: Partitions;
  readonly writerClock: WriterClock;
}

/**
 * An event that is certainly stored; otherwise the call throws.
 *
 * - `scheduled`: this call stored it.
 * - `exists` (chosen delivery id): an event of this instant, target and delivery id is stored already, perhaps by an
 *   unanswered first try of this call; nothing was overwritten.
 */
export interface ScheduleResult extends EventIdentity {
  readonly outcome: "scheduled" | "exists";
}

/**
 * Checks one event completely, then puts it: whole or not at all. Throws a `ScheduleError` if it is not certainly stored, and
 * the store's error if it is certainly not.
 */
export async function schedule(context: ScheduleContext, event: NewEvent): Promise<ScheduleResult> {
  const { store, bucket, clock, random, partitions, writerClock, signal } = context;
  const planned = planEvent(context, event);
  const { identity, isChosen, isRelative, body, put } = planned;
  if (isRelative) writerClock.throwIfKnownWrong();
  const { partition, others } = await partitions.forWriting(identity.deliveryId, signal);
  const key = planKey(partition.prefix, identity, store.capabilities.limits);
  const closing = closingOf(context, identity.at.getTime());
  if (isChosen && closing.isOver()) throw tooLate(identity, closing.atMs);
  // A writer with another number of shards may have put a chosen id there.
  const found = isChosen ? await findEvent(context, others, identity.id) : undefined;
  if (found !== undefined) return { ...identity, outcome: "exists" };
  if (isChosen && closing.isOver()) throw tooLate(identity, closing.atMs);
  const putClock = writerClock.watchPut();
  const attempts = body instanceof Uint8Array ? undefined : 1; // a stream can't be sent twice
  const policy = { clock, random, signal, untilMs: closing.atMs, attempts };
  const written = await retryWrite(policy, () =>
    store.put({ bucket, key }, body, { ...put, ...putClock.call(), signal }),
  );
  if (written.outcome === "undecided") throw unanswered(identity, written.error);
  if (written.answer.outcome !== "written") return { ...identity, outcome: "exists" };
  const finding = putClock.judge();
  if (isRelative && finding.isUnread) throw storedUnchecked(identity);
  const harm = harmOf(planned, closing.atMs, finding);
  if (harm !== undefined) throw storedByWrongClock(identity, ...harm);
  if (isChosen && closing.isOver()) throw answeredLate(identity, closing.atMs);
  return { ...identity, outcome: "scheduled" };
}

/** What a wrong clock has done to an event. An `at` that is still to come by the store's clock is right. */
function harmOf(
  { isRelative, isChosen, identity }: PlannedEvent,
  closesAtMs: number,
  { certainSkew, likelySkew }: ClockFinding,
): ["in" | "at" | "chosen", ClockReading] | undefined {
  if (isRelative) return certainSkew && ["in", certainSkew];
  const skew = isChosen ? likelySkew : certainSkew;
  if (skew === undefined) return undefined;
  const endMs = isChosen ? closesAtMs : identity.at.getTime();
  const isOver = skew.sentAtStoreMs >= endMs && skew.sentAt.wallMs < endMs;
  return isOver ? [isChosen ? "chosen" : "at", skew] : undefined;
}

import { KeywhenError } from "../errors.js";
import type { GivenEvent } from "../key/event-id.js";
import type { EventId } from "../key/key-codec.js";
import type { CallContext, Schedule } from "../options/schedule.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import { type When, whenMs } from "../time/moment.js";
import type { CancelResult } from "./cancel.js";
import { ClockCheck, Closing } from "./clock-check.js";
import { moveEvent, planMove } from "./move-event.js";
import type { ScheduleContext } from "./schedule.js";
import { inEachPartition } from "./stored-event.js";

/**
 * What became of a `reschedule` call.
 *
 * - `rescheduled`: the event waits as `id`; the old one has gone.
 * - `unchanged`: it is due at that instant already.
 * - `undecided`: it broke off in between: both may exist, with one delivery id. Calling again finishes it.
 * - `not-found`, `too-late`: as with `cancel`; nothing was changed.
 */
export type RescheduleResult =
  | { readonly outcome: "rescheduled"; readonly id: EventId; readonly at: Date }
  | { readonly outcome: "unchanged"; readonly id: EventId }
  | {
      readonly outcome: "undecided";
      readonly id: EventId;
      readonly newId: EventId;
      readonly error?: ObjectStoreError | undefined;
    }
  | Exclude<CancelResult, { readonly outcome: "cancelled" | "undecided" }>;

/**
 * Writes the event again under another instant, then deletes the old one. No undo if it breaks off: two
 * calls at the same time would undo each other and lose the event.
 */
export async function reschedule(
  context: ScheduleContext,
  event: GivenEvent,
  when: When,
): Promise<RescheduleResult> {
  const newAtMs = whenMs(when, context.clock);
  const closing = new Closing(context, event.atMs);
  if (closing.isOver) return closing.tooLate;
  if (newAtMs === event.atMs) return { outcome: "unchanged", id: event.id };
  checkIsOpen(context, newAtMs);
  const partitions = await context.partitions.of(event.deliveryId, context.signal);
  if (closing.isOver) return closing.tooLate;
  return inEachPartition(partitions, ({ prefix }) =>
    rescheduleIn(context, event, prefix, newAtMs, closing),
  );
}

/** It stays in its partition: so the same call gives the same key, even if the number of shards has changed in the meantime. */
async function rescheduleIn(
  call: CallContext,
  event: GivenEvent,
  prefix: string,
  newAtMs: number,
  closing: Closing,
): Promise<RescheduleResult> {
  const move = await planMove(call, event, newAtMs, { from: prefix, to: prefix });
  const context = { ...call, untilMs: Math.min(closing.atMs, newAtMs - call.guardMs) };
  const info = await new ClockCheck(context).head(move.source.key);
  if (info === undefined) return { outcome: "not-found" };
  if (closing.isOver) return closing.tooLate;
  const moved = await moveEvent(context, move, info);
  if (moved.outcome === "moved") return { ...moved, outcome: "rescheduled" };
  return moved.outcome === "undecided" ? { ...moved, id: event.id } : moved;
}

function checkIsOpen(home: Schedule, newAtMs: number): void {
  if (home.clock.now() < newAtMs - home.guardMs) return;
  const instant = new Date(newAtMs).toISOString();
  const aheadMs = newAtMs - home.clock.now();
  const guard = `${home.guardMs / 1000} s`;
  const least = home.guardMs === 0 ? "in the future" : `more than ${guard} ahead`;
  throw new KeywhenError(
    "invalid-time",
    aheadMs > 0
      ? `${instant} is only ${aheadMs / 1000} s ahead, and an event can be moved only to an instant ${least}.`
      : `${instant} is in the past: give an instant ${least}.`,
  );
}

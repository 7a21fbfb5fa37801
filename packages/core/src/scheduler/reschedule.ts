import { hasCode, invalidOption, KeywhenError } from "../errors.js";
import { checkOptionNames } from "../input/option-names.js";
import type { GivenEvent } from "../key/event-id.js";
import type { EventId } from "../key/key-codec.js";
import { checkMetadataSize, keywhenMetadata } from "../options/metadata.js";
import type { CallContext, Schedule } from "../options/schedule.js";
import { retryWrite, type WriteResult } from "../requests/retry.js";
import type { CopyResult, ObjectInfo, ObjectRef } from "../store/object-store.js";
import { type ObjectStoreError, storeErrorOf } from "../store/object-store-error.js";
import { formatInstant } from "../time/instant.js";
import { type When, whenMs } from "../time/moment.js";
import type { CancelResult } from "./cancel.js";
import { ClockCheck, closingOf } from "./clock-check.js";
import { CONTENT_OPTIONS, TIME_OPTIONS } from "./new-event.js";
import { checkTargetOnStore, type EventIdentity, planKey, planMovedId } from "./plan-key.js";
import type { ScheduleContext } from "./schedule.js";
import { deleteEvent, inEachPartition } from "./stored-event.js";

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
  | ({ readonly id: EventId } & UndecidedMove)
  | Exclude<CancelResult, { readonly outcome: "cancelled" | "undecided" }>;

/** Both events may exist; the same call again finishes it. @inline */
export interface UndecidedMove {
  readonly outcome: "undecided";
  readonly newId: EventId;
  readonly error?: ObjectStoreError | undefined;
}

/**
 * Writes the event again under another instant, then deletes the old one. It stays in its partition, so that the same call gives
 * the same key even after a change of the number of shards.
 */
export async function reschedule(
  call: ScheduleContext,
  event: GivenEvent,
  when: When,
): Promise<RescheduleResult> {
  const newAtMs = whenMs(when, call.clock);
  const closing = closingOf(call, event.atMs);
  if (closing.isOver()) return closing.tooLate();
  if (newAtMs === event.atMs) return { outcome: "unchanged", id: event.id };
  checkIsOpen(call, newAtMs);
  const partitions = await call.partitions.of(event.deliveryId, call.signal);
  if (closing.isOver()) return closing.tooLate();
  const context = { ...call, untilMs: Math.min(closing.atMs, newAtMs - call.guardMs) };
  return inEachPartition(partitions, async ({ prefix }): Promise<RescheduleResult> => {
    const move = await planMove(context, event, newAtMs, { from: prefix, to: prefix });
    const info = await new ClockCheck(context).head(move.source.key);
    if (info === undefined) return { outcome: "not-found" };
    if (closing.isOver()) return closing.tooLate();
    const moved = await moveEvent(context, move, info);
    if (moved.outcome === "moved") return { ...moved, outcome: "rescheduled" };
    return moved.outcome === "undecided" ? { ...moved, id: event.id } : moved;
  });
}

function checkIsOpen({ clock, guardMs }: Schedule, newAtMs: number): void {
  const aheadMs = newAtMs - clock.now();
  if (aheadMs > guardMs) return;
  const least = guardMs === 0 ? "in the future" : `more than ${guardMs / 1000} s ahead`;
  const problem = aheadMs > 0 ? `only ${aheadMs / 1000} s ahead` : "in the past";
  const message = `${formatInstant(newAtMs)} is ${problem}: give an instant ${least}.`;
  throw new KeywhenError("invalid-time", message);
}

/** Throws `invalid-option` for anything other than a time, which would be ignored. */
export function checkWhenAlone(when: When, verb: "reschedule" | "redrive"): void {
  if (typeof when !== "object" || when === null) return; // whenMs() refuses it
  const content = CONTENT_OPTIONS.find((name) => name in when);
  if (content !== undefined) {
    throw invalidOption(`${verb}() can't change ${content}, only the time: ${INSTEAD_OF[verb]}`);
  }
  checkOptionNames(when, TIME_OPTIONS, `${verb}()`);
}

const INSTEAD_OF = {
  reschedule: "cancel the event and schedule a new one.",
  redrive: "schedule a new event, then purge the dead letter.",
};

/** An event that is to be written again under another instant, with its delivery id. */
interface PlannedMove extends EventIdentity {
  readonly source: ObjectRef;
  readonly target: ObjectRef;
}

type MoveResult =
  | { readonly outcome: "moved"; readonly id: EventId; readonly at: Date }
  | { readonly outcome: "not-found" }
  | UndecidedMove;

/**
 * The same move of the same event always gives the same key. Throws `key-too-long`, and `invalid-target` if no sweeper can
 * deliver to the event's target, which another writer may have chosen.
 */
export async function planMove(
  context: CallContext,
  event: GivenEvent,
  newAtMs: number,
  prefixes: { readonly from: string; readonly to: string },
): Promise<PlannedMove> {
  const { bucket, codec, store } = context;
  checkTargetOnStore(context, event.to);
  const planned = await planMovedId(codec, event, newAtMs);
  const key = planKey(prefixes.to, planned, store.capabilities.limits, true);
  const source = { bucket, key: prefixes.from + event.id };
  return { ...planned, source, target: { bucket, key } };
}

/** Copies, then deletes the old one, both before the context's end. No undo: two calls that undo each other lose the event. */
export async function moveEvent(
  context: CallContext,
  move: PlannedMove,
  old: Pick<ObjectInfo, "metadata" | "size">,
): Promise<MoveResult> {
  const newId = move.id;
  const copy = await copyForMove(context, move, old);
  if (copy.outcome === "undecided") return { ...copy, newId };
  if (copy.answer.outcome === "source-gone") return { outcome: "not-found" };
  if (isOver(context)) return { outcome: "undecided", newId };
  try {
    const gone = await deleteEvent(context, move.source.key);
    if (gone.outcome === "undecided") return { ...gone, newId };
  } catch (caught) {
    return { outcome: "undecided", newId, error: storeErrorOf(caught) }; // the new one is stored, so both exist
  }
  if (isOver(context)) return { outcome: "undecided", newId };
  return { outcome: "moved", id: newId, at: move.at };
}

/** With the metadata of the new instant or, if the store can't write it, with the old one: the key says when. */
async function copyForMove(
  context: CallContext,
  { source, target, at, deliveryId }: PlannedMove,
  old: Pick<ObjectInfo, "metadata" | "size">,
): Promise<WriteResult<CopyResult>> {
  const { store, signal } = context;
  const metadata = { ...old.metadata, ...keywhenMetadata(at.getTime(), deliveryId) };
  checkMetadataSize(metadata);
  const unchanged = { size: old.size, signal };
  try {
    return await retryWrite(context, () => store.copy(source, target, { ...unchanged, metadata }));
  } catch (caught) {
    if (!hasCode(caught, "not-supported")) throw caught;
    return retryWrite(context, () => store.copy(source, target, unchanged));
  }
}

function isOver({ clock, untilMs = Number.POSITIVE_INFINITY }: CallContext): boolean {
  return clock.now() >= untilMs;
}

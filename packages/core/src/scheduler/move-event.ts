import { hasCode, KeywhenError } from "../errors.js";
import { checkOptionNames } from "../input/option-names.js";
import type { GivenEvent } from "../key/event-id.js";
import type { EventId } from "../key/key-codec.js";
import { checkMetadataSize, keywhenMetadata } from "../options/metadata.js";
import type { CallContext } from "../options/schedule.js";
import { retryWrite, type WriteResult } from "../requests/retry.js";
import type { CopyResult, ObjectInfo, ObjectRef } from "../store/object-store.js";
import { type ObjectStoreError, storeErrorOf } from "../store/object-store-error.js";
import type { When } from "../time/moment.js";
import { EVENT_OPTIONS } from "./new-event.js";
import { checkTargetOnStore, type PlannedId, planKey, planMovedId } from "./plan-key.js";
import { deleteEvent } from "./stored-event.js";

/** An event that is to be written again under another instant, with its delivery id. */
export interface PlannedMove extends PlannedId {
  readonly source: ObjectRef;
  readonly target: ObjectRef;
}

/** What became of a move; `undecided`: both may exist, and doing it again finishes it. */
export type MoveResult =
  | { readonly outcome: "moved"; readonly id: EventId; readonly at: Date }
  | { readonly outcome: "not-found" }
  | {
      readonly outcome: "undecided";
      readonly newId: EventId;
      readonly error?: ObjectStoreError | undefined;
    };

/**
 * The same move of the same event always gives the same key. Throws `key-too-long` if it doesn't fit, and `invalid-target`
 * if no sweeper can deliver to the event's target, which another writer may have chosen.
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
  const { limits } = store.capabilities;
  const key = planKey(prefixes.to, planned, { limits, isMove: true });
  const source = { bucket, key: prefixes.from + event.id };
  return { ...planned, source, target: { bucket, key } };
}

/** Copies, then deletes the old one, both in time for the context's end. No undo: two undoers lose the event. */
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
  return { outcome: "moved", id: newId, at: new Date(move.atMs) };
}

/** With the metadata of the new instant or, if the store can't write that of this event, with the old one: the key says when. */
async function copyForMove(
  context: CallContext,
  { source, target, atMs, deliveryId }: PlannedMove,
  old: Pick<ObjectInfo, "metadata" | "size">,
): Promise<WriteResult<CopyResult>> {
  const { store, signal } = context;
  const metadata = { ...old.metadata, ...keywhenMetadata(atMs, deliveryId) };
  checkMetadataSize(metadata);
  const asItIs = { size: old.size, signal };
  try {
    return await retryWrite(context, () => store.copy(source, target, { ...asItIs, metadata }));
  } catch (caught) {
    if (!hasCode(caught, "not-supported")) throw caught;
    return retryWrite(context, () => store.copy(source, target, asItIs));
  }
}

function isOver({ clock, untilMs = Number.POSITIVE_INFINITY }: CallContext): boolean {
  return clock.now() >= untilMs;
}

/** Throws `invalid-option` for anything other than a time, which a call that moves an event would ignore. */
export function checkWhenAlone(when: When, verb: "reschedule" | "redrive"): void {
  if (typeof when !== "object" || when === null) return; // whenMs() refuses it
  const content = CONTENT.find((name) => name in when);
  if (content !== undefined) {
    throw new KeywhenError(
      "invalid-option",
      `${verb}() can't change ${content}, only the time: ${ADVICE[verb]}`,
    );
  }
  checkOptionNames(when, ["at", "in"], `${verb}()`);
}

/** What `schedule()` takes in addition to the time. */
const CONTENT = EVENT_OPTIONS.filter((name) => name !== "at" && name !== "in");

const ADVICE = {
  reschedule: "cancel the event and schedule a new one.",
  redrive: "schedule a new event, then purge the dead letter.",
};

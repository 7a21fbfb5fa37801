import { hasCode } from "../errors.js";
import type { GivenEvent } from "../key/event-id.js";
import type { EventId } from "../key/key-codec.js";
import { checkMetadataSize, keywhenMetadata } from "../options/metadata.js";
import type { CallContext } from "../options/schedule.js";
import { retryWrite, type WriteResult } from "../requests/retry.js";
import type { CopyResult, ObjectInfo, ObjectRef, PutResult } from "../store/object-store.js";
import { type ObjectStoreError, storeErrorOf } from "../store/object-store-error.js";
import { attemptsOf, type PlannedContent } from "./event-content.js";
import { checkTargetOnStore, type EventIdentity, planKey, planMovedId } from "./plan-key.js";
import { deleteEvent } from "./stored-event.js";

/** Both events may exist; the same call again finishes it. @inline */
export interface UndecidedMove {
  readonly outcome: "undecided";
  readonly newId: EventId;
  readonly error?: ObjectStoreError | undefined;
}

/** An event that is to be written again under another id, with its delivery id. */
interface PlannedMove extends EventIdentity {
  readonly source: ObjectRef;
  readonly target: ObjectRef;
}

type MoveResult =
  | { readonly outcome: "moved"; readonly id: EventId; readonly at: Date }
  | { readonly outcome: "not-found" }
  | UndecidedMove;

/** What is known of the event that moves. @inline */
type OldObject = Pick<ObjectInfo, "metadata" | "size">;

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
export function moveEvent(
  context: CallContext,
  move: PlannedMove,
  old: OldObject,
): Promise<MoveResult> {
  return moveBy(context, move, () => copyForMove(context, move, old));
}

/**
 * Puts the new content, then deletes the old event, as `moveEvent` does. What of the headers is not given stays: all but what
 * describes the body.
 */
export async function replaceEvent(
  context: CallContext,
  move: PlannedMove,
  old: Pick<ObjectInfo, "metadata" | "cacheControl">,
  { body, ...content }: PlannedContent,
): Promise<MoveResult> {
  const { store, signal } = context;
  const metadata = metadataOfMove(content.metadata ?? old.metadata, move);
  const cacheControl = content.cacheControl ?? old.cacheControl;
  const options = { ...content, cacheControl, metadata, signal };
  const policy = { ...context, attempts: attemptsOf(body) };
  return moveBy(context, move, () =>
    retryWrite(policy, () => store.put(move.target, body, options)),
  );
}

async function moveBy(
  context: CallContext,
  { id, at, source, target }: PlannedMove,
  write: () => Promise<WriteResult<CopyResult | PutResult>>,
): Promise<MoveResult> {
  const newId = id;
  const written = await write();
  if (written.outcome === "undecided") return { ...written, newId };
  if (written.answer.outcome === "source-gone") return { outcome: "not-found" };
  if (isOver(context)) return { outcome: "undecided", newId };
  // At the same instant, one suffix in four billion is the old one: then the put has replaced the event under its own key.
  if (source.key === target.key) return { outcome: "moved", id, at };
  try {
    const gone = await deleteEvent(context, source.key);
    if (gone.outcome === "undecided") return { ...gone, newId };
  } catch (caught) {
    return { outcome: "undecided", newId, error: storeErrorOf(caught) }; // the new one is stored, so both exist
  }
  if (isOver(context)) return { outcome: "undecided", newId };
  return { outcome: "moved", id, at };
}

/** With the metadata of the new instant or, if the store can't write it, with the old one: the key says when. */
async function copyForMove(
  context: CallContext,
  move: PlannedMove,
  old: OldObject,
): Promise<WriteResult<CopyResult>> {
  const { store, signal } = context;
  const { source, target } = move;
  const metadata = metadataOfMove(old.metadata, move);
  const unchanged = { size: old.size, signal };
  try {
    return await retryWrite(context, () => store.copy(source, target, { ...unchanged, metadata }));
  } catch (caught) {
    if (!hasCode(caught, "not-supported")) throw caught;
    return retryWrite(context, () => store.copy(source, target, unchanged));
  }
}

function metadataOfMove(
  metadata: Readonly<Record<string, string>>,
  { at, deliveryId }: EventIdentity,
): Readonly<Record<string, string>> {
  const moved = { ...metadata, ...keywhenMetadata(at.getTime(), deliveryId) };
  checkMetadataSize(moved);
  return moved;
}

function isOver({ clock, untilMs = Number.POSITIVE_INFINITY }: CallContext): boolean {
  return clock.now() >= untilMs;
}

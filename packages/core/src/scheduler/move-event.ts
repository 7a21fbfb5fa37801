import { hashOfId } from "../codec/delivery-id.js";
import { asEventId, type EventId } from "../codec/event-id.js";
import type { EventKey } from "../codec/key-codec.js";
import { checkScheduleKey } from "../codec/key-limits.js";
import { hasCode } from "../keywhen-error.js";
import type { ResolvedHome } from "../options/home.js";
import { checkMetadataSize, keywhenMetadata } from "../options/metadata.js";
import type { RetryPolicy } from "../requests/retry.js";
import { retryWrite, type WriteAnswer } from "../requests/retry-write.js";
import type { CopyOptions, CopyResult, ObjectRef, StoreCall } from "../store/object-store.js";
import { type ObjectStoreError, storeErrorOf } from "../store/object-store-error.js";
import { checkTargetOnStore } from "./check-target-on-store.js";
import { deleteEvent } from "./delete-event.js";

/** An event that is to be written again under another instant, with its delivery id. */
export interface PlannedMove {
  readonly newId: EventId;
  readonly newAtMs: number;
  readonly deliveryId: string;
  readonly source: ObjectRef;
  readonly target: ObjectRef;
}

/** What became of a move; `undecided`: both may exist, and doing it again finishes it. */
export type MoveResult =
  | { readonly outcome: "moved" | "source-gone" }
  | { readonly outcome: "undecided"; readonly error?: ObjectStoreError | undefined };

/**
 * The same move of the same event always gives the same key. Throws `key-too-long` if it doesn't fit, and `invalid-target`
 * if no sweeper can deliver to the event's target, which another writer may have chosen.
 */
export async function planMove(
  home: ResolvedHome,
  source: { readonly prefix: string; readonly id: string; readonly event: EventKey },
  newAtMs: number,
): Promise<PlannedMove> {
  const { prefix, id, event } = source;
  checkTargetOnStore(home, event.to);
  const { deliveryId, suffix } = await movedIdentity(id, event);
  const newId = home.codec.encode({ ...event, atMs: newAtMs, deliveryId, suffix });
  const key = home.pendingPrefix + newId;
  checkScheduleKey(key, { ...event.to, deliveryId }, home.store.capabilities.limits, false);
  return {
    newId: asEventId(newId),
    newAtMs,
    deliveryId,
    source: { bucket: home.bucket, key: prefix + id },
    target: { bucket: home.bucket, key },
  };
}

/** The same delivery id, told apart by a hash of the old id; an event without one gets it from the hash. */
async function movedIdentity(
  id: string,
  { deliveryId }: EventKey,
): Promise<{ deliveryId: string; suffix: string | undefined }> {
  return deliveryId === undefined
    ? { deliveryId: await hashOfId(id, 12), suffix: undefined }
    : { deliveryId, suffix: await hashOfId(id, 8) };
}

/** Copies, then deletes the old one, both in time for the policy's end. No undo: two undoers lose the event. */
export async function moveEvent(
  home: ResolvedHome,
  { source, target, newAtMs, deliveryId }: PlannedMove,
  old: { readonly metadata: Readonly<Record<string, string>>; readonly size: number },
  policy: RetryPolicy,
): Promise<MoveResult> {
  const metadata = { ...old.metadata, ...keywhenMetadata(newAtMs, deliveryId) };
  checkMetadataSize(metadata);
  const options = { metadata, size: old.size, signal: policy.signal };
  const copy = await copyForMove(home, { source, target, options }, policy);
  if (!copy.isKnown) return { outcome: "undecided", error: copy.error };
  if (copy.value.outcome === "source-gone") return { outcome: "source-gone" };
  if (isOver(policy)) return { outcome: "undecided" };
  try {
    const gone = await deleteEvent(home, source.key, policy);
    if (!gone.isKnown) return { outcome: "undecided", error: gone.error };
  } catch (caught) {
    return { outcome: "undecided", error: storeErrorOf(caught) }; // the new one stands, so both exist
  }
  return { outcome: isOver(policy) ? "undecided" : "moved" };
}

interface MovingCopy {
  readonly source: ObjectRef;
  readonly target: ObjectRef;
  readonly options: CopyOptions & StoreCall;
}

/** With the metadata of the new instant or, if the store can't write that of this event, as it is: the key says when. */
async function copyForMove(
  { store }: ResolvedHome,
  { source, target, options }: MovingCopy,
  policy: RetryPolicy,
): Promise<WriteAnswer<CopyResult>> {
  try {
    return await retryWrite(policy, () => store.copy(source, target, options));
  } catch (caught) {
    if (!hasCode(caught, "not-supported")) throw caught;
    const { metadata: _, ...asItIs } = options;
    return retryWrite(policy, () => store.copy(source, target, asItIs));
  }
}

function isOver({ clock, untilMs = Number.POSITIVE_INFINITY }: RetryPolicy): boolean {
  return clock.now() >= untilMs;
}

import { hashOfId } from "../codec/delivery-id.js";
import type { EventKey } from "../codec/key-codec.js";
import { checkScheduleKey } from "../codec/key-limits.js";
import { KeywhenError } from "../keywhen-error.js";
import type { ResolvedHome } from "../options/home.js";
import { checkMetadataSize, keywhenMetadata } from "../options/metadata.js";
import { type RetryPolicy, retry } from "../requests/retry.js";
import { retryWrite } from "../requests/retry-write.js";
import type { ObjectInfo } from "../store/object-store.js";
import { isStoreError, type ObjectStoreError } from "../store/object-store-error.js";
import { type CancelResult, deleteEvent } from "./cancel.js";
import { decodeGivenId } from "./event-id.js";
import { asEventId, type EventId } from "./scheduled-event.js";
import { type When, whenMs } from "./when.js";

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
 * calls at once would undo each other and lose the event.
 */
export async function reschedule(
  home: ResolvedHome,
  id: string,
  when: When,
  signal: AbortSignal | undefined,
): Promise<RescheduleResult> {
  const event = decodeGivenId(home, id);
  const newAtMs = whenMs(when, home.clock);
  const closesAtMs = event.atMs - home.guardMs;
  const tooLate = { outcome: "too-late", closedAt: new Date(closesAtMs) } as const;
  if (home.clock.now() >= closesAtMs) return tooLate;
  if (newAtMs === event.atMs) return { outcome: "unchanged", id: asEventId(id) };
  checkIsOpen(home, newAtMs);
  const move = await planMove(home, id, event, newAtMs);
  const policy = { ...home, signal, untilMs: Math.min(closesAtMs, newAtMs - home.guardMs) };
  const info = await retry(policy, () => home.store.head(move.source, { signal }));
  if (info === undefined) return { outcome: "not-found" };
  if (home.clock.now() >= closesAtMs) return tooLate;
  return finishMove(home, move, info, policy);
}

interface PlannedMove {
  readonly id: EventId;
  readonly newId: EventId;
  readonly newAtMs: number;
  readonly deliveryId: string;
  readonly source: { readonly bucket: string; readonly key: string };
  readonly target: { readonly bucket: string; readonly key: string };
}

async function planMove(
  home: ResolvedHome,
  id: string,
  event: EventKey,
  newAtMs: number,
): Promise<PlannedMove> {
  const { deliveryId, suffix } = await movedIdentity(id, event);
  const newId = home.codec.encode({ ...event, atMs: newAtMs, deliveryId, suffix });
  const target = { bucket: home.bucket, key: home.pendingPrefix + newId };
  checkScheduleKey(target.key, event.to.key, home.store.capabilities.limits, false);
  return {
    id: asEventId(id),
    newId: asEventId(newId),
    newAtMs,
    deliveryId,
    source: { bucket: home.bucket, key: home.pendingPrefix + id },
    target,
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

async function finishMove(
  home: ResolvedHome,
  move: PlannedMove,
  info: ObjectInfo,
  policy: RetryPolicy & { readonly untilMs: number },
): Promise<RescheduleResult> {
  const { id, newId, newAtMs, source, target } = move;
  const undecided = (error?: ObjectStoreError) =>
    ({ outcome: "undecided", id, newId, error }) as const;
  const metadata = { ...info.metadata, ...keywhenMetadata(newAtMs, move.deliveryId) };
  checkMetadataSize(metadata);
  const options = { metadata, size: info.size, signal: policy.signal };
  const copy = await retryWrite(policy, () => home.store.copy(source, target, options));
  if (!copy.isKnown) return undecided(copy.error);
  if (copy.value.outcome === "source-gone") return { outcome: "not-found" };
  if (home.clock.now() >= policy.untilMs) return undecided();
  try {
    const gone = await deleteEvent(home, source.key, policy);
    if (!gone.isKnown) return undecided(gone.error);
  } catch (error) {
    if (isStoreError(error)) return undecided(error); // the new one stands, so both exist
    throw error;
  }
  return home.clock.now() >= policy.untilMs
    ? undecided()
    : { outcome: "rescheduled", id: newId, at: new Date(newAtMs) };
}

function checkIsOpen(home: ResolvedHome, newAtMs: number): void {
  if (home.clock.now() < newAtMs - home.guardMs) return;
  const guard = home.guardMs === 0 ? "in the future" : `more than ${home.guardMs / 1000} s ahead`;
  throw new KeywhenError(
    "invalid-time",
    `${new Date(newAtMs).toISOString()} is too soon: the new instant must be ${guard}.`,
  );
}

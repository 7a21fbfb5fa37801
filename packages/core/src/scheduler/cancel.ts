import { hasCode, KeywhenError } from "../errors.js";
import type { GivenEvent } from "../key/event-id.js";
import type { EventId } from "../key/key-codec.js";
import { type HeldLease, takeLease } from "../lease/held-lease.js";
import { ageOf, createTryHistory, type OwnFindings } from "../lease/history.js";
import { canLease } from "../lease/lease-object.js";
import type { CallOptions } from "../options/check-options.js";
import type { CallContext } from "../options/schedule.js";
import { retry } from "../requests/retry.js";
import type { Partition } from "../shards/partitions.js";
import { type ObjectStoreError, rethrowUnlessStoreError } from "../store/object-store-error.js";
import { storeTarget } from "../targets/store-target.js";
import { ClockCheck, type Closing, closingOf } from "./clock-check.js";
import {
  type ChangeContext,
  deleteEvent,
  findEvent,
  headObject,
  inEachPartition,
} from "./stored-event.js";

/** @inline */
export interface CancelOptions extends CallOptions {
  /**
   * Also cancels an event that has closed, if no sweeper is running, by the sweepers' lease. Throws `not-supported` on a store
   * that can't have one.
   * @default false
   */
  readonly overdue?: boolean | undefined;
}

/**
 * What became of a `cancel` call.
 *
 * - `cancelled`: this key will not be delivered (unless another call schedules it again).
 * - `not-found`: no such event waits: never scheduled, cancelled, moved or delivered.
 * - `too-late`: it closed at `closedAt`, `guard` before its due instant; it is left alone.
 * - `undecided`: the store's answer is missing or came after the event had closed; or an overdue event had been tried before
 *   and is not at its target, so that it may have been delivered and consumed.
 */
export type CancelResult =
  | { readonly outcome: "cancelled"; readonly id: EventId }
  | { readonly outcome: "not-found" }
  | { readonly outcome: "too-late"; readonly closedAt: Date }
  | { readonly outcome: "undecided"; readonly error?: ObjectStoreError | undefined };

/**
 * Deletes a waiting event while it is open, and judges the answer by when it arrives. Throws `clock-skew` if this machine's
 * clock is too wrong to know whether the event is open.
 */
export async function cancel(
  context: ChangeContext,
  event: GivenEvent,
  { overdue = false }: CancelOptions,
): Promise<CancelResult> {
  const closing = closingOf(context, event.atMs);
  if (closing.isOver() && !overdue) return closing.tooLate();
  const partitions = await context.partitions.of(event.deliveryId, context.signal);
  if (!closing.isOver()) {
    return inEachPartition(partitions, (partition) =>
      cancelOpen(context, event, partition, closing),
    );
  }
  if (!overdue) return closing.tooLate();
  // There is no need to take the lease of a partition that doesn't contain the event.
  const found = await Promise.all(partitions.map((one) => findEvent(context, [one], event.id)));
  const containing = partitions.filter((_, index) => found[index] !== undefined);
  if (containing.length === 0) return { outcome: "not-found" };
  return inEachPartition(containing, (partition) =>
    cancelOverdue(context, event, partition, closing.tooLate()),
  );
}

async function cancelOpen(
  call: CallContext,
  { id }: GivenEvent,
  { prefix }: Partition,
  closing: Closing,
): Promise<CancelResult> {
  const key = prefix + id;
  const context = { ...call, untilMs: closing.atMs };
  const clockCheck = new ClockCheck(context);
  const info = await clockCheck.head(key);
  if (info === undefined) return { outcome: "not-found" };
  if (closing.isOver()) return closing.tooLate();
  const gone = await deleteEvent(context, key, clockCheck.call);
  if (gone.outcome === "undecided") return gone;
  if (closing.isOver() || clockCheck.isSkewed) return { outcome: "undecided" };
  return { outcome: "cancelled", id };
}

const LEASE_MS = 60_000;
/** A terminating process usually has five seconds. */
const RELEASE_LIMIT_MS = 3_000;
const NOTHING_SWEPT = { uncertainMs: undefined, attemptedAll: false, sweptThroughMs: undefined };

/** Takes the lease first, so that no sweeper can deliver the event. If one is running, or has delivered it, it is too late. */
async function cancelOverdue(
  context: CallContext,
  event: GivenEvent,
  { prefix, leaseKey }: Partition,
  tooLate: CancelResult,
): Promise<CancelResult> {
  const { store, clock } = context;
  if (!canLease(store.capabilities)) throw noLease();
  const signal = context.signal ?? new AbortController().signal;
  const untilMs = Math.max(clock.now(), event.atMs) + 1;
  const request = { untilMs, ttlMs: LEASE_MS, label: "cancel", onTop: false };
  const taking = await takeLease({ ...context, leaseKey }, request, signal);
  if (taking.outcome !== "taken") return tooLate;
  const { lease } = taking;
  try {
    return await cancelUnderLease({ ...context, signal }, event, prefix + event.id, tooLate, lease);
  } finally {
    await release(context, lease);
  }
}

/** Also after the caller's abort. It may fail: the lease ends by itself. */
async function release({ clock }: CallContext, lease: HeldLease): Promise<void> {
  const late = new AbortController();
  const ended = new AbortController();
  void clock.sleep(RELEASE_LIMIT_MS, { signal: ended.signal }).then(() => late.abort());
  try {
    await lease.release(NOTHING_SWEPT, late.signal);
  } catch (caught) {
    rethrowUnlessStoreError(caught);
  } finally {
    ended.abort();
  }
}

async function cancelUnderLease(
  call: CallContext & { readonly signal: AbortSignal },
  event: GivenEvent,
  key: string,
  tooLate: CancelResult,
  lease: HeldLease,
): Promise<CancelResult> {
  const { bucket, clock, signal } = call;
  const context = { ...call, untilMs: clock.now() + lease.leftMs() };
  const info = await headObject(context, { bucket, key });
  if (info === undefined) return { outcome: "not-found" };
  const mayBeDelivered = createTryHistory(lease, NOTHING_FOUND).mayBeDelivered({
    ...event,
    ...ageOf(event.atMs, info.lastModified, clock.now()),
  });
  if (mayBeDelivered && (await isAtTarget(context, event))) {
    await deleteEvent(context, key); // what the sweeper that copied it had left to do
    return tooLate;
  }
  const gone = await deleteEvent(context, key);
  if (gone.outcome === "undecided") return gone;
  if (mayBeDelivered || !(await wasHeld(lease, signal))) return { outcome: "undecided" };
  return { outcome: "cancelled", id: event.id };
}

/** A target bucket that is missing, or someone else's, may be the name of a destination, and then nothing is known of it here. */
async function isAtTarget(
  context: CallContext & { readonly signal: AbortSignal },
  event: GivenEvent,
): Promise<boolean> {
  const target = storeTarget(context.store, context.bucket);
  try {
    return (await retry(context, () => target.find(event, context.signal))) === "found";
  } catch (caught) {
    if (hasCode(caught, "no-such-bucket", "denied")) return false;
    throw caught;
  }
}

/**
 * Whether no other sweeper can have swept until now. Only the lease shows that: a machine that slept, and whose clock was set
 * back when it woke, doesn't know how long it slept.
 */
async function wasHeld(lease: HeldLease, signal: AbortSignal): Promise<boolean> {
  try {
    await lease.refresh(signal);
  } catch (caught) {
    rethrowUnlessStoreError(caught);
    return false;
  }
  return lease.leftMs() > 0;
}

/** Nothing is swept under this lease. */
const NOTHING_FOUND: OwnFindings = {
  swept: () => undefined,
  uncertainMs: () => undefined,
  /* v8 ignore next -- asked when a try is put off, and nothing is tried here */
  nowMs: () => Number.POSITIVE_INFINITY,
};

function noLease(): KeywhenError {
  return new KeywhenError(
    "not-supported",
    "An overdue event can't be cancelled on this store. It can't have a lease (it lacks conditional puts, or its answers carry no time), so a sweeper could deliver the event in the meantime. Cancel events before they close.",
  );
}

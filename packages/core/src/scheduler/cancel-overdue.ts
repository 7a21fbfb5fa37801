import { asEventId } from "../codec/event-id.js";
import type { EventKey } from "../codec/key-codec.js";
import { KeywhenError } from "../keywhen-error.js";
import { canLease } from "../lease/can-lease.js";
import type { HeldLease } from "../lease/held-lease.js";
import { ageOf, createTryHistory, type OwnFindings } from "../lease/history.js";
import { takeLease } from "../lease/take-lease.js";
import type { ResolvedHome } from "../options/home.js";
import { isCopyOf } from "../options/metadata.js";
import { retry } from "../requests/retry.js";
import { storeErrorOf } from "../store/object-store-error.js";
import type { CancelResult } from "./cancel-result.js";
import { deleteEvent } from "./delete-event.js";

const LEASE_MS = 60_000;
/** Of the five seconds that a terminating process usually has. */
const RELEASE_LIMIT_MS = 3_000;
const NOTHING_SWEPT = { uncertainMs: undefined, attemptedAll: false, sweptThroughMs: undefined };

/**
 * Takes back an event that is due, as nobody sweeps: under the lease, so that nobody begins to. If a sweeper is at
 * work, or the event is found at its target, it is too late.
 */
export async function cancelOverdue(
  home: ResolvedHome,
  id: string,
  event: EventKey,
  tooLate: CancelResult,
  callerSignal: AbortSignal | undefined,
): Promise<CancelResult> {
  if (!canLease(home.store.capabilities)) throw noLease();
  const signal = callerSignal ?? new AbortController().signal;
  const untilMs = Math.max(home.clock.now(), event.atMs) + 1;
  const request = { untilMs, ttlMs: LEASE_MS, label: "cancel", onTop: false };
  const answer = await takeLease(home, request, signal);
  if (!("taken" in answer)) return tooLate;
  const lease = answer.taken;
  try {
    return await cancelUnderLease(home, id, event, tooLate, lease, signal);
  } finally {
    await letGo(home, lease);
  }
}

/** Also after the caller's abort. If it fails the outcome is true all the same: the lease ends by itself. */
async function letGo({ clock }: ResolvedHome, lease: HeldLease): Promise<void> {
  const late = new AbortController();
  const ended = new AbortController();
  void clock.sleep(RELEASE_LIMIT_MS, { signal: ended.signal }).then(() => late.abort());
  try {
    await lease.release(NOTHING_SWEPT, late.signal);
  } catch (caught) {
    storeErrorOf(caught);
  } finally {
    ended.abort();
  }
}

async function cancelUnderLease(
  home: ResolvedHome,
  id: string,
  event: EventKey,
  tooLate: CancelResult,
  lease: HeldLease,
  signal: AbortSignal,
): Promise<CancelResult> {
  const key = home.pendingPrefix + id;
  const policy = { ...home, signal, untilMs: home.clock.now() + lease.leftMs() };
  const info = await retry(policy, () => home.store.head({ bucket: home.bucket, key }, { signal }));
  if (info === undefined) return { outcome: "not-found" };
  const mayBeDelivered = createTryHistory(lease, NOTHING_FOUND).mayBeDelivered({
    ...event,
    ...ageOf(event.atMs, info.lastModified, home.clock.now()),
  });
  if (mayBeDelivered) {
    const target = await retry(policy, () => home.store.head(event.to, { signal }));
    if (target !== undefined && isCopyOf(event, target.metadata)) {
      await deleteEvent(home, key, policy); // what the sweeper that copied it had left to do
      return tooLate;
    }
  }
  const answer = await deleteEvent(home, key, policy);
  if (!answer.isKnown) return { outcome: "undecided", error: answer.error };
  if (mayBeDelivered || !(await wasHeld(lease, signal))) return { outcome: "undecided" };
  return { outcome: "cancelled", id: asEventId(id) };
}

/**
 * Whether nobody else can have swept up to now. The lease itself tells: a machine that slept, and whose clock was set
 * back when it woke, doesn't know how long it was away.
 */
async function wasHeld(lease: HeldLease, signal: AbortSignal): Promise<boolean> {
  try {
    await lease.refresh(signal);
  } catch (caught) {
    storeErrorOf(caught);
    return false;
  }
  return lease.leftMs() > 0;
}

/** Nobody has swept under this lease. */
const NOTHING_FOUND: OwnFindings = {
  swept: () => undefined,
  uncertainMs: () => undefined,
  /* v8 ignore next -- asked when a try is put off, and nothing is tried here */
  nowMs: () => Number.POSITIVE_INFINITY,
};

function noLease(): KeywhenError {
  return new KeywhenError(
    "not-supported",
    "This store can't have a lease (it lacks conditional puts, or tells no time), so nobody can be kept from delivering an overdue event: it can't be cancelled.",
  );
}

import { hasCode } from "../keywhen-error.js";
import { canLease } from "../lease/can-lease.js";
import type { LeaseAccount } from "../lease/lease-state.js";
import { type OtherHolder, takeLease } from "../lease/take-lease.js";
import { onAbort } from "../on-abort.js";
import { isStoreError } from "../store/object-store-error.js";
import type { SweepRun } from "./sweep-run.js";

/** Takes everything that is due by now, where the store can have a lease; the other holder, if there is one. */
export async function takeRange(
  run: SweepRun,
  hasWaited: boolean,
): Promise<OtherHolder | undefined> {
  const { options, home, store, windDown, tally, untilMs } = run;
  if (!canLease(store.capabilities)) {
    run.leaseUse = "unsupported";
    if (options.isFirst) tally.leaseUnsupported();
    return undefined;
  }
  if (options.dryRun || windDown.reason) return undefined;
  const place = { ...home, store, onUnreadable: tally.leaseUnreadable };
  const request = { untilMs: untilMs + 1, ttlMs: options.leaseTtlMs, label: options.owner };
  try {
    const answer = await takeLease(place, request, windDown.startSignal);
    if ("heldBy" in answer) return answer.heldBy;
    run.lease = answer.taken;
  } catch (error) {
    if (windDown.reason && hasCode(error, "aborted")) return undefined; // and so nothing starts
    throw error;
  }
  run.leaseUse = hasWaited ? "waited" : "taken";
  onAbort(run.lease.lostSignal, () => {
    run.leaseUse = "lost";
    windDown.loseLease();
  });
  return undefined;
}

/** Lets go of what was taken. If that fails, the lease ends by itself a minute later. */
export async function releaseRange(run: SweepRun): Promise<void> {
  if (run.lease === undefined) return;
  try {
    await run.lease.release(accountOf(run), run.windDown.releaseSignal);
  } catch (error) {
    if (!isStoreError(error)) throw error;
    run.tally.leaseUnreleased(error);
  }
}

/** What was listed may have been written this long before by the store's clock: Dates have whole seconds. */
const LISTING_ERROR_MS = 2_000;

/** What the next holder is to know. */
function accountOf(run: SweepRun): LeaseAccount {
  const { unattemptedSinceMs, uncertainMs } = run.tally.left;
  const bounds = [
    run.untilMs, // a clock that is behind has not seen what was due after this
    run.listedAtStoreMs === undefined ? undefined : run.listedAtStoreMs - LISTING_ERROR_MS,
    unattemptedSinceMs === undefined ? Number.POSITIVE_INFINITY : unattemptedSinceMs - 1,
    run.windDown.reason === false ? Number.POSITIVE_INFINITY : takenInThroughMs(run),
  ];
  const isKnown = bounds.every((bound) => bound !== undefined);
  return {
    uncertainMs,
    attemptedAll: run.windDown.reason === false && unattemptedSinceMs === undefined,
    sweptThroughMs: isKnown ? Math.min(...bounds) : undefined,
  };
}

/** Nothing that is due by then is behind the last event that was taken in; `undefined` if that can't be told. */
function takenInThroughMs({ lastTakenIn, home }: SweepRun): number | undefined {
  if (lastTakenIn === undefined) return undefined;
  const beforeMs = lastTakenIn.atMs - 1;
  return home.codec.after(beforeMs) <= lastTakenIn.id ? beforeMs : undefined;
}

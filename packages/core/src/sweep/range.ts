import { canLease } from "../lease/can-lease.js";
import type { LeaseAccount } from "../lease/lease-state.js";
import { type OtherHolder, takeLease } from "../lease/take-lease.js";
import { onAbort } from "../on-abort.js";
import { storeErrorOf } from "../store/object-store-error.js";
import { sweptThroughMs } from "./retrying/swept-through.js";
import type { SweepRun } from "./sweep-run.js";

export interface TakeRangeOptions {
  readonly hasWaited: boolean;
  /** Called when the lease has been read, before it is written: may stop the sweep. */
  readonly onLeaseRead?: (() => void) | undefined;
}

/** Takes everything that is due by now, where the store can have a lease; the other holder, if there is one. */
export async function takeRange(
  run: SweepRun,
  { hasWaited, onLeaseRead }: TakeRangeOptions,
): Promise<OtherHolder | undefined> {
  const { options, home, store, windDown, tally, untilMs } = run;
  if (!canLease(store.capabilities)) {
    run.leaseUse = "unsupported";
    if (options.isFirst) tally.leaseUnsupported();
    return undefined;
  }
  if (options.dryRun || windDown.reason) return undefined;
  const place = { ...home, store, onUnreadable: tally.leaseUnreadable };
  const request = {
    untilMs: untilMs + 1,
    ttlMs: options.leaseTtlMs,
    label: options.owner,
    onTop: options.ahead !== undefined,
    mayTake() {
      onLeaseRead?.();
      return windDown.reason === false;
    },
  };
  try {
    const answer = await takeLease(place, request, windDown.startSignal);
    if ("heldBy" in answer) return answer.heldBy;
    if ("declined" in answer) return undefined;
    run.lease = answer.taken;
    tally.leaseTaken(request.untilMs);
  } catch (caught) {
    const error = storeErrorOf(caught);
    if (windDown.reason) return undefined; // and so nothing starts
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
  } catch (caught) {
    run.tally.leaseUnreleased(storeErrorOf(caught));
  }
}

/** What the next holder is to know. */
function accountOf(run: SweepRun): LeaseAccount {
  const { left } = run.tally;
  const { pass, windDown, options } = run;
  const isComplete = pass.isComplete || options.ahead === undefined; // a plain sweep says how far it came
  const isWhole = isComplete && pass.fromMs === Number.NEGATIVE_INFINITY;
  const attemptedAll = windDown.reason === false && left.isNothingUntried;
  return {
    uncertainMs: left.uncertainMs,
    attemptedAll: isWhole && attemptedAll,
    sweptThroughMs: isWhole ? sweptThroughMs(run) : undefined,
  };
}

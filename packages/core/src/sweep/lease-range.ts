import { onAbort } from "../callbacks.js";
import type { EventsLeft } from "../event-table/sweep-log.js";
import { type OtherHolder, takeLease } from "../lease/held-lease.js";
import { sweptThroughMs } from "../lease/history.js";
import { canLease } from "../lease/lease-object.js";
import type { LeaseAccount } from "../lease/lease-state.js";
import { storeErrorOf } from "../store/object-store-error.js";
import { type SweepRun, stopIfSkewed } from "./sweep-run.js";

/**
 * Takes the lease on everything that is due by the end of the range, where the store can have one. Returns the other
 * holder, if one is in the way.
 */
export async function takeRange(
  run: SweepRun,
  hasWaited: boolean,
): Promise<OtherHolder | undefined> {
  const { options, home, store, shutdown, untilMs } = run;
  if (!canLease(store.capabilities)) {
    run.leaseUse = "unsupported";
    if (options.isFirst) run.report({ type: "lease-unsupported" });
    return undefined;
  }
  if (options.dryRun || shutdown.reason) return undefined;
  const onUnreadable = () => run.report({ type: "lease-unreadable" });
  const isAhead = options.ahead !== undefined;
  const request = {
    untilMs: untilMs + 1,
    ttlMs: options.leaseDurationMs,
    label: options.owner,
    onTop: isAhead,
    mayTake() {
      if (isAhead) stopIfSkewed(run); // reading the lease may have shown that this clock is wrong
      return shutdown.reason === false;
    },
  };
  try {
    const place = { ...home, store, leaseKey: options.partition.leaseKey, onUnreadable };
    const answer = await takeLease(place, request, shutdown.startSignal);
    if (answer.outcome === "held") return answer.by;
    if (answer.outcome === "declined") return undefined;
    run.lease = answer.lease;
  } catch (caught) {
    const error = storeErrorOf(caught);
    if (shutdown.reason) return undefined; // and so nothing starts
    throw error;
  }
  run.report({ type: "lease-taken", until: new Date(request.untilMs) });
  run.leaseUse = hasWaited ? "waited" : "taken";
  onAbort(run.lease.lostSignal, () => {
    run.leaseUse = "lost";
    shutdown.loseLease();
  });
  return undefined;
}

/** Releases the lease. If that fails, it ends by itself a minute later. */
export async function releaseRange(run: SweepRun, left: EventsLeft): Promise<void> {
  if (run.lease === undefined) return;
  try {
    await run.lease.release(accountOf(run, left), run.shutdown.releaseSignal);
  } catch (caught) {
    run.report({ type: "lease-unreleased", error: storeErrorOf(caught) });
  }
}

/** Up to which store time the last listing has tried everything. */
export function passThroughMs(run: SweepRun, left: EventsLeft): number | undefined {
  return sweptThroughMs({
    ...run.pass,
    untilMs: run.untilMs,
    unattemptedSinceMs: left.unattemptedSinceMs,
    isTruncated: run.shutdown.reason !== false,
    codec: run.home.codec,
  });
}

/** What the next holder must know. */
function accountOf(run: SweepRun, left: EventsLeft): LeaseAccount {
  const { pass, shutdown, options } = run;
  const isComplete = pass.isComplete || options.ahead === undefined; // a plain sweep reports how far it came
  const isWhole = isComplete && pass.fromMs === Number.NEGATIVE_INFINITY;
  const attemptedAll = shutdown.reason === false && left.isNothingUntried;
  return {
    uncertainMs: left.uncertainMs,
    attemptedAll: isWhole && attemptedAll,
    sweptThroughMs: isWhole ? passThroughMs(run, left) : undefined,
  };
}

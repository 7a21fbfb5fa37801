import type { EventsLeft } from "../event-table/event-states.js";
import { type OtherHolder, takeLease } from "../lease/held-lease.js";
import { canLease } from "../lease/lease-object.js";
import type { LeaseAccount } from "../lease/lease-state.js";
import { sleepUnlessAborted } from "../machine.js";
import type { SweepReport } from "../report/sweep-report.js";
import { readAhead } from "../requests/async-items.js";
import { storeErrorOf } from "../store/object-store-error.js";
import { duePages, nextPage } from "./due-pages.js";
import {
  admitPages,
  listUntilRangeEnds,
  refillWhileQuick,
  requireClock,
  sweptThroughMsOf,
} from "./listing.js";
import { TableRunner } from "./run-table.js";
import { type PartitionSweepOptions, type SweepRecord, SweepRun } from "./sweep-run.js";

/** How often a sweep that waits for another sweeper looks whether the lease is free. */
const LOOK_EVERY_MS = 5_000;

/**
 * Sweeps one partition once: lists what is due, takes the lease, delivers each event and deletes it once its delivery is
 * confirmed, moves to the dead letters what can't be delivered, and releases the lease. A sweep that looks ahead does so
 * until its range has ended. Throws only if the first page could not be listed, or the lease not be read or written.
 */
export async function sweepPartition(
  options: PartitionSweepOptions,
  record: SweepRecord,
): Promise<SweepReport> {
  const { clock } = options.schedule;
  const { requests } = record;
  const startedMs = clock.monotonic();
  for (let hasWaited = false; ; hasWaited = true) {
    const run = new SweepRun(options, record);
    const holder = await sweepUnlessHeld(run, hasWaited);
    if (holder !== undefined && (await waitForHolder(options))) continue;
    run.startReporting();
    const durationMs = Math.round(clock.monotonic() - startedMs);
    if (holder !== undefined) {
      const { owner: by, expiresMs } = holder;
      return { outcome: "held", by, expiresAt: new Date(expiresMs), requests, durationMs };
    }
    const end = {
      truncated: run.shutdown.reason,
      lease: run.shutdown.isLeaseLost ? "lost" : run.leaseUse,
      skewMs: run.clock.skewMs,
      dryRun: options.dryRun,
      ...run.delivered,
      requests,
      durationMs,
    } as const;
    run.report({ type: "ended", ...end });
    return run.fold.report(end);
  }
}

/** Returns the other sweeper that holds the lease, if one does. */
async function sweepUnlessHeld(run: SweepRun, hasWaited: boolean): Promise<Holder> {
  try {
    const { ahead } = run.options;
    return await (ahead ? sweepAhead(run, ahead.pollMs) : sweepDue(run, hasWaited));
  } finally {
    run.shutdown.close();
  }
}

type Holder = OtherHolder | undefined;

/** Delivers what is due now. The first page is listed before the lease is taken, because most sweeps find nothing. */
async function sweepDue(run: SweepRun, hasWaited: boolean): Promise<Holder> {
  const pages = readAhead(duePages(run));
  try {
    const first = await nextPage(run, pages);
    if (first === undefined) return undefined;
    run.shutdown.stopIfAhead();
    const holder = await takeRange(run, hasWaited);
    if (holder !== undefined) return holder;
    if (!run.options.dryRun) requireClock(run);
    await deliverAll(run, async (runner) => {
      await admitPages(run, runner, pages, first);
      await refillWhileQuick(run, runner);
    });
  } finally {
    await pages.return();
  }
  return undefined;
}

/** Delivers each event at its instant until the range has ended. */
async function sweepAhead(run: SweepRun, pollMs: number): Promise<Holder> {
  const holder = await takeRange(run, false);
  if (holder !== undefined) return holder;
  run.startListing();
  await deliverAll(run, (runner) => listUntilRangeEnds(run, runner, pollMs));
  return undefined;
}

/** If `admit` fails, what is in flight still ends before the lease is free, and then the error is thrown. */
async function deliverAll(
  run: SweepRun,
  admit: (runner: TableRunner) => Promise<void>,
): Promise<void> {
  run.startReporting();
  const runner = new TableRunner(run);
  const { table } = runner;
  let circuitOpen = false;
  try {
    await admit(runner);
  } catch (error) {
    run.shutdown.stop("list-failed");
    throw error;
  } finally {
    try {
      circuitOpen = await runner.finish();
    } finally {
      await releaseRange(run, table.states);
    }
  }
  const { concurrencyReached, queues } = table;
  run.delivered = { circuitOpen, orderUncertain: queues.isOrderUncertain, concurrencyReached };
}

/** Takes the lease on everything that is due in the range, if the store can have one. Returns the holder that is in the way. */
async function takeRange(run: SweepRun, hasWaited: boolean): Promise<Holder> {
  const { options, schedule, store, shutdown, untilMs } = run;
  if (!canLease(store.capabilities)) {
    run.leaseUse = "unsupported";
    if (options.isFirst) run.report({ type: "lease-unsupported" });
    return undefined;
  }
  if (options.dryRun || shutdown.reason) return undefined;
  const { leaseKey } = options.partition;
  const onUnreadable = () => run.report({ type: "lease-unreadable" });
  const onTop = options.ahead !== undefined;
  const request = {
    untilMs: untilMs + 1,
    ttlMs: options.leaseDurationMs,
    label: options.owner,
    onTop,
    mayTake() {
      if (onTop) shutdown.stopIfSkewed(); // reading the lease may have shown that this clock is wrong
      return shutdown.reason === false;
    },
  };
  try {
    const place = { ...schedule, store, leaseKey, onUnreadable };
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
  shutdown.follow(run.lease);
  return undefined;
}

/** Releases the lease. If that fails, the lease expires by itself. */
async function releaseRange(run: SweepRun, left: EventsLeft): Promise<void> {
  if (run.lease === undefined) return;
  try {
    await run.lease.release(accountOf(run, left), run.shutdown.releaseSignal);
  } catch (caught) {
    run.report({ type: "lease-unreleased", error: storeErrorOf(caught) });
  }
}

function accountOf(run: SweepRun, left: EventsLeft): LeaseAccount {
  const { listing, shutdown, options } = run;
  const isComplete = listing.isComplete || options.ahead === undefined; // a plain sweep reports how far it came
  const isWhole = isComplete && listing.fromMs === Number.NEGATIVE_INFINITY;
  const attemptedAll = shutdown.reason === false && left.isNothingUntried;
  return {
    uncertainMs: left.uncertainMs,
    attemptedAll: isWhole && attemptedAll,
    sweptThroughMs: isWhole ? sweptThroughMsOf(run, left) : undefined,
  };
}

/** Returns whether another look is worth it, after a pause. */
async function waitForHolder(options: PartitionSweepOptions): Promise<boolean> {
  const { schedule, whenHeld, signal, deadlineMs = Number.POSITIVE_INFINITY } = options;
  const { clock } = schedule;
  const hasTime = clock.now() + LOOK_EVERY_MS < deadlineMs;
  if (whenHeld === "leave" || signal?.aborted || !hasTime) return false;
  await sleepUnlessAborted(clock, LOOK_EVERY_MS, signal);
  return !signal?.aborted;
}

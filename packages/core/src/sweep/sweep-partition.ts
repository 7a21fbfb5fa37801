import type { EventsLeft } from "../event-table/event-states.js";
import { type OtherHolder, takeLease } from "../lease/held-lease.js";
import { canLease } from "../lease/lease-object.js";
import type { LeaseAccount } from "../lease/lease-state.js";
import { sleepUnlessAborted } from "../machine.js";
import type { SweepEnd } from "../report/sweep-event.js";
import type { SweepReport } from "../report/sweep-report.js";
import { readAhead } from "../requests/async-items.js";
import { storeErrorOf } from "../store/object-store-error.js";
import {
  admitPages,
  duePages,
  listUntilRangeEnds,
  nextPage,
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
  const startedMs = clock.monotonic();
  for (let hasWaited = false; ; hasWaited = true) {
    const run = new SweepRun(options, record);
    const result = await sweepUnlessHeld(run, hasWaited);
    if (result.outcome === "held" && (await waitForHolder(options))) continue;
    const durationMs = Math.round(clock.monotonic() - startedMs);
    const totals = { requests: record.requests, durationMs };
    if (result.outcome === "held") {
      const { owner: by, expiresMs } = result.by;
      return { outcome: "held", by, expiresAt: new Date(expiresMs), ...totals };
    }
    const end = {
      truncated: run.shutdown.reason,
      lease: run.shutdown.isLeaseLost ? "lost" : run.leaseUse,
      skewMs: run.clock.skewMs,
      dryRun: options.dryRun,
      ...result.delivered,
      ...totals,
    };
    run.report({ type: "ended", ...end });
    return run.fold.report(end);
  }
}

interface Swept {
  readonly outcome: "swept";
  readonly delivered: Pick<SweepEnd, "circuitOpen" | "orderUncertain" | "concurrencyReached">;
}

interface Held {
  readonly outcome: "held";
  readonly by: OtherHolder;
}

const NOTHING = { circuitOpen: false, orderUncertain: false, concurrencyReached: 0 };

async function sweepUnlessHeld(run: SweepRun, hasWaited: boolean): Promise<Swept | Held> {
  try {
    const { ahead } = run.options;
    return await (ahead ? sweepAhead(run, ahead.pollMs) : sweepDue(run, hasWaited));
  } finally {
    run.shutdown.close();
  }
}

/** Delivers what is due now. The first page is listed before the lease is taken, because most sweeps find nothing. */
async function sweepDue(run: SweepRun, hasWaited: boolean): Promise<Swept | Held> {
  const pages = readAhead(duePages(run));
  try {
    const first = await nextPage(run, pages);
    if (first === undefined) return { outcome: "swept", delivered: NOTHING };
    run.shutdown.stopIfAhead();
    const by = await takeRange(run, hasWaited);
    if (by !== undefined) return { outcome: "held", by };
    if (!run.options.dryRun) requireClock(run);
    return await deliverAll(run, (runner) => admitPages(run, runner, pages, first));
  } finally {
    await pages.return();
  }
}

/** Delivers each event at its instant until the range has ended. */
async function sweepAhead(run: SweepRun, pollMs: number): Promise<Swept | Held> {
  const by = await takeRange(run, false);
  if (by !== undefined) return { outcome: "held", by };
  run.startListing();
  return deliverAll(run, (runner) => listUntilRangeEnds(run, runner, pollMs));
}

/**
 * Brings everything that `admit` admits to its end, then releases the lease. If `admit` fails, what is in flight still ends
 * before the lease is free, and then the error is thrown.
 */
async function deliverAll(
  run: SweepRun,
  admit: (runner: TableRunner) => Promise<void>,
): Promise<Swept> {
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
  const orderUncertain = queues.isOrderUncertain;
  return { outcome: "swept", delivered: { circuitOpen, orderUncertain, concurrencyReached } };
}

/**
 * Takes the lease on everything that is due by the end of the range, if the store can have one. Returns the other holder, if
 * one is in the way.
 */
async function takeRange(run: SweepRun, hasWaited: boolean): Promise<OtherHolder | undefined> {
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

/** What the next holder must know. */
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

/** Waits a little for another sweeper if the caller wants that. Returns whether another look is worth it. */
async function waitForHolder(options: PartitionSweepOptions): Promise<boolean> {
  const { schedule, whenHeld, signal, deadlineMs = Number.POSITIVE_INFINITY } = options;
  const { clock } = schedule;
  const hasTime = clock.now() + LOOK_EVERY_MS < deadlineMs;
  if (whenHeld === "leave" || signal?.aborted || !hasTime) return false;
  await sleepUnlessAborted(clock, LOOK_EVERY_MS, signal);
  return !signal?.aborted;
}

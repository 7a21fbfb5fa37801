import type { OtherHolder } from "../lease/held-lease.js";
import { sleepUnlessAborted } from "../machine.js";
import type { SweepReport } from "../report/sweep-report.js";
import { readAhead } from "../requests/async-items.js";
import { rethrowUnlessStoreError, storeErrorOf } from "../store/object-store-error.js";
import { passThroughMs, releaseRange, takeRange } from "./lease-range.js";
import { type DuePage, duePages } from "./listing.js";
import { TableRunner } from "./run-table.js";
import {
  isClockAhead,
  newPass,
  type PartitionSweepOptions,
  reportedSkewMs,
  requireClock,
  type SweepRecord,
  type SweepRun,
  startRun,
  stopForSkew,
  stopIfSkewed,
} from "./sweep-run.js";

type Pages = AsyncGenerator<DuePage, void>;

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
  const { clock } = options.home;
  const startedMs = clock.monotonic();
  for (let hasWaited = false; ; hasWaited = true) {
    const report = await sweepOnce(options, record, hasWaited, startedMs);
    if (report.outcome === "swept" || !(await waitForHolder(options))) return report;
  }
}

async function sweepOnce(
  options: PartitionSweepOptions,
  record: SweepRecord,
  hasWaited: boolean,
  startedMs: number,
): Promise<SweepReport> {
  const run = startRun(options, record);
  const { requests } = record;
  const durationMs = () => Math.round(options.home.clock.monotonic() - startedMs);
  let delivered: Delivered | Held | undefined;
  try {
    delivered = await (options.ahead
      ? sweepAhead(run, options.ahead.pollMs)
      : sweepDue(run, hasWaited));
  } finally {
    run.shutdown.close();
  }
  if (delivered !== undefined && "holder" in delivered) {
    const { owner: by, expiresMs } = delivered.holder;
    const expiresAt = new Date(expiresMs);
    return { outcome: "held", by, expiresAt, requests, durationMs: durationMs() };
  }
  const { circuitOpen = false, orderUncertain = false, concurrencyReached = 0 } = delivered ?? {};
  const end = {
    truncated: run.shutdown.reason,
    circuitOpen,
    orderUncertain,
    lease: run.leaseUse,
    skewMs: reportedSkewMs(run),
    concurrencyReached,
    requests,
    durationMs: durationMs(),
    dryRun: options.dryRun,
  };
  run.report({ type: "ended", ...end });
  return run.fold.report(end);
}

interface Held {
  readonly holder: OtherHolder;
}

interface Delivered {
  readonly circuitOpen: boolean;
  readonly orderUncertain: boolean;
  readonly concurrencyReached: number;
}

/** Delivers what is due now. The first page is listed before the lease is taken, because most sweeps find nothing. */
async function sweepDue(run: SweepRun, hasWaited: boolean): Promise<Held | Delivered | undefined> {
  const pages = readAhead(duePages(run));
  try {
    const first = await firstPage(run, pages);
    if (first === undefined) return undefined;
    if (isClockAhead(run)) stopForSkew(run);
    const holder = await takeRange(run, hasWaited);
    if (holder !== undefined) return { holder };
    if (!run.options.dryRun) requireClock(run);
    return await deliverAll(run, (runner) => admitRest(run, runner, pages, first));
  } finally {
    await pages.return();
  }
}

/** Delivers each event at its instant until the range has ended: lists again and again for what is written at short notice. */
async function sweepAhead(run: SweepRun, pollMs: number): Promise<Held | Delivered | undefined> {
  const holder = await takeRange(run, false);
  if (holder !== undefined) return { holder };
  run.pass = newPass(run.now(), run.lease?.fromMs);
  return deliverAll(run, (runner) => listUntilRangeEnds(run, runner, pollMs));
}

/**
 * Brings everything that `admit` admits to its end, then releases the lease. If `admit` fails, what is in flight still ends
 * before the lease is free, and then the error is thrown.
 */
async function deliverAll(
  run: SweepRun,
  admit: (runner: TableRunner) => Promise<void>,
): Promise<Delivered> {
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
      await releaseRange(run, table.log.left);
    }
  }
  return {
    circuitOpen,
    orderUncertain: table.isOrderUncertain,
    concurrencyReached: table.concurrencyReached,
  };
}

async function listUntilRangeEnds(
  run: SweepRun,
  runner: TableRunner,
  pollMs: number,
): Promise<void> {
  const { shutdown, home } = run;
  const { clock } = home;
  for (let isFirst = true; ; isFirst = false) {
    const startedMs = clock.monotonic();
    await admitAll(run, runner, isFirst);
    if (shutdown.reason || run.now() > run.untilMs) return;
    const pauseMs = pauseAfter(pollMs, clock.monotonic() - startedMs);
    await pause(run, runner, Math.min(pauseMs, run.untilMs + 1 - run.now()));
    if (shutdown.reason) return; // what stays is not met again, so it stays counted
    await startListing(run, runner);
  }
}

/** From the start of one listing to the next it is `pollMs`; after a slow listing, half of that remains. */
function pauseAfter(pollMs: number, tookMs: number): number {
  return Math.max(pollMs / 2, pollMs - tookMs);
}

async function pause({ home, shutdown }: SweepRun, runner: TableRunner, ms: number) {
  const wake = new AbortController();
  void runner.untilWorthListing().then(() => wake.abort());
  await sleepUnlessAborted(home.clock, ms, shutdown.startSignal, wake.signal);
}

/** Lists the range once. Throws only if not even the first page can be listed and nothing is in flight. */
async function admitAll(run: SweepRun, runner: TableRunner, isFirst: boolean): Promise<void> {
  try {
    await admitPages(run, runner, duePages(run));
  } catch (caught) {
    if (run.shutdown.reason) return; // the listing was aborted with everything else
    const error = storeErrorOf(caught);
    if (isFirst && run.pass.pagesRead === 0) throw error;
    run.report({ type: "list-failed", error }); // what is in memory is delivered all the same
  }
}

async function firstPage(run: SweepRun, pages: Pages): Promise<DuePage | undefined> {
  try {
    return await nextPage(pages);
  } catch (caught) {
    if (run.pass.pagesRead === 0 && !run.shutdown.reason) throw caught;
    breakOff(run, caught);
    return undefined;
  }
}

/** Admits the rest of a listing, of which `first` was read already. A failure ends the listing, not the sweep. */
async function admitRest(run: SweepRun, runner: TableRunner, pages: Pages, first: DuePage) {
  try {
    await admitPages(run, runner, pages, first);
  } catch (caught) {
    breakOff(run, caught);
  }
}

/** The rest of the range is left to the next sweep. */
function breakOff({ shutdown, report }: SweepRun, error: unknown): void {
  if (shutdown.reason) return; // the listing was aborted with everything else
  report({ type: "list-failed", error });
  shutdown.admitNoMore("list-failed");
}

/** Admits page after page until the listing ends, or there is no room for what comes next. */
async function admitPages(
  run: SweepRun,
  runner: TableRunner,
  pages: Pages,
  first?: DuePage,
): Promise<void> {
  const { pass, shutdown } = run;
  let page = first ?? (await nextPage(pages));
  while (page !== undefined) {
    const isAdmitted = await admitPage(run, runner, page);
    runner.pump(); // the next page may take long to arrive
    if (!isAdmitted) return;
    pass.lastAdmitted = page.at(-1);
    page = shutdown.reason ? undefined : await nextPage(pages);
  }
  if (run.options.ahead) stopIfSkewed(run); // also if nothing was found
  if (shutdown.reason) return;
  pass.isComplete = true;
  runner.table.endListing();
}

/** Admits each event as soon as there is room for it. Returns false if there is none for it, nor for any later one. */
async function admitPage(run: SweepRun, runner: TableRunner, page: DuePage): Promise<boolean> {
  if (run.options.ahead) {
    requireClock(run);
    stopIfSkewed(run);
  }
  for (const event of page) {
    if (!runner.admit(event)) return false;
    if (!runner.hasRoom) await runner.untilRoom();
  }
  return true;
}

async function nextPage(pages: Pages): Promise<DuePage | undefined> {
  const page = await pages.next();
  return page.done ? undefined : page.value;
}

/** Between two listings: keeps how far the last one came, and takes over what a dead holder below has left. */
async function startListing(run: SweepRun, runner: TableRunner): Promise<void> {
  const { lease, shutdown, pass } = run;
  const { table } = runner;
  const throughMs = pass.isComplete ? passThroughMs(run, table.log.left) : undefined;
  if (throughMs !== undefined) {
    const startedThroughMs = table.unstartedSinceMs - 1; // events that wait for their turn were not tried
    run.swept = { fromMs: pass.fromMs, throughMs: Math.min(throughMs, startedThroughMs) };
  }
  runner.pump();
  table.startListing();
  runner.pump();
  run.isFirstPass = false;
  if (lease !== undefined && lease.fromMs !== Number.NEGATIVE_INFINITY) {
    await refresh(lease, shutdown.startSignal);
  }
  run.clockReading = undefined;
  run.pass = newPass(run.now(), lease?.fromMs);
}

/** This holder may have become the lowest meanwhile. If that can't be read now, the next poll reads it. */
async function refresh(lease: NonNullable<SweepRun["lease"]>, signal: AbortSignal): Promise<void> {
  try {
    await lease.refresh(signal);
  } catch (caught) {
    rethrowUnlessStoreError(caught);
  }
}

/** Waits a little for another sweeper if the caller wants that. Returns whether another look is worth it. */
async function waitForHolder({
  home,
  whenHeld,
  signal,
  deadlineMs,
}: PartitionSweepOptions): Promise<boolean> {
  if (whenHeld === "leave" || signal?.aborted) return false;
  const { clock } = home;
  if (deadlineMs !== undefined && clock.now() + LOOK_EVERY_MS >= deadlineMs) return false;
  await clock.sleep(LOOK_EVERY_MS, { signal });
  return !signal?.aborted;
}

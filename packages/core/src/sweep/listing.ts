import type { EventsLeft } from "../event-table/event-states.js";
import type { HeldLease } from "../lease/held-lease.js";
import { sweptThroughMs } from "../lease/history.js";
import { sleepUnlessAborted } from "../machine.js";
import { noStoreTime } from "../requests/store-clock.js";
import { ObjectStoreError, rethrowUnlessStoreError } from "../store/object-store-error.js";
import { type DuePage, type DuePages, duePages, nextPage, pageAgain } from "./due-pages.js";
import type { TableRunner } from "./run-table.js";
import type { SweepRun } from "./sweep-run.js";

/** Admits page after page until the listing ends, or there is no room for what comes next. */
export async function admitPages(
  run: SweepRun,
  runner: TableRunner,
  pages: DuePages,
  first?: DuePage,
): Promise<void> {
  const { listing, shutdown } = run;
  let page = first ?? (await nextPage(run, pages));
  while (page !== undefined) {
    const isAdmitted = await admitPage(run, runner, page);
    runner.pump(); // the next page may take long to arrive
    if (!isAdmitted) return;
    listing.lastAdmitted = page.at(-1);
    await refillLanes(run, runner); // one page, so that the others make progress
    page = shutdown.reason ? undefined : await nextPage(run, pages);
  }
  if (listing.hasFailed) return;
  if (run.options.ahead) run.shutdown.stopIfSkewed(); // also if nothing was found
  if (shutdown.reason) return;
  listing.isComplete = true;
  runner.table.endListing();
}

/** Admits each event as soon as there is room for it. Returns false if neither it nor a later one has room. */
async function admitPage(run: SweepRun, runner: TableRunner, page: DuePage): Promise<boolean> {
  if (run.options.ahead) {
    requireClock(run);
    run.shutdown.stopIfSkewed();
  }
  for (const event of page) {
    if (!runner.admit(event)) return false;
    if (!runner.hasRoom) await runner.untilRoom();
  }
  return true;
}

/** Throws if no answer has carried the store's time although it should: a copy could be early. The lease checks this by itself. */
export function requireClock({ schedule, options, clock }: SweepRun): void {
  if (schedule.store.capabilities.clock !== "store" || clock.isCompared) return;
  throw new ObjectStoreError({
    code: "unexpected",
    undecided: false,
    operation: "list",
    bucket: schedule.bucket,
    key: options.partition.prefix,
    message: noStoreTime(", so this machine's clock can't be checked"),
  });
}

/** How often a sweep lists whose range has ended, and that waits for calls of destinations: for retries and late writers. */
const LINGER_MS = 60_000;
/** How long a sweep that does not look ahead waits for room in a lane, at a time. */
const QUICK_MS = 1_000;

/** Lists and admits every `pollMs`, for events that are written at short notice, until the range ends. */
export async function listUntilRangeEnds(
  run: SweepRun,
  runner: TableRunner,
  pollMs: number,
): Promise<void> {
  const { shutdown, schedule, clock, untilMs } = run;
  for (;;) {
    const startedMs = schedule.clock.monotonic();
    await admitPages(run, runner, duePages(run));
    if (shutdown.reason) return;
    if (clock.now() > untilMs) {
      // Calls of destinations may take long: the range belongs to this sweep until they end.
      const isOver = () => !runner.table.isCalling && !mayRefill(run, runner);
      await waitAndRefill(run, runner, LINGER_MS, isOver);
      if (isOver()) return;
    } else await pauseUntilPoll(run, runner, startedMs, pollMs);
    if (shutdown.reason) return; // no further listing meets the events that stay, so they remain counted
    await startListing(run, runner);
  }
}

async function pauseUntilPoll(
  run: SweepRun,
  runner: TableRunner,
  startedMs: number,
  pollMs: number,
): Promise<void> {
  const { schedule, clock, untilMs } = run;
  const tookMs = schedule.clock.monotonic() - startedMs;
  // From the start of one listing to the next it is `pollMs`; after a slow listing, half of that remains.
  const pauseMs = Math.max(pollMs / 2, pollMs - tookMs);
  const isWorthListing = () => runner.table.upcoming.isWorthListing;
  await waitAndRefill(run, runner, Math.min(pauseMs, untilMs + 1 - clock.now()), isWorthListing);
}

/** Waits, and meanwhile lists again what lanes have left in the schedule, as they get room. */
async function waitAndRefill(
  run: SweepRun,
  runner: TableRunner,
  waitMs: number,
  isOver: () => boolean,
): Promise<void> {
  const { clock } = run.schedule;
  const endMs = clock.monotonic() + waitMs;
  do {
    await refillLanes(run, runner);
    const leftMs = endMs - clock.monotonic();
    await sleepUntil(run, runner, leftMs, () => isOver() || mayRefill(run, runner));
  } while (mayRefill(run, runner) && !isOver() && clock.monotonic() < endMs);
}

/** Lists again what lanes have left in a sweep that does not look ahead, while they get room quickly; the next sweep delivers the rest. */
export async function refillWhileQuick(run: SweepRun, runner: TableRunner): Promise<void> {
  const { lanes } = runner.table;
  const isWorthIt = () => mayRefill(run, runner);
  while (lanes.mayRefill) {
    await sleepUntil(run, runner, QUICK_MS, () => isWorthIt() || !lanes.mayRefill);
    if (!isWorthIt()) return;
    await refillLanes(run, runner);
  }
}

function mayRefill(run: SweepRun, runner: TableRunner): boolean {
  return !run.listing.hasFailed && hasRoom(run, runner) && runner.table.refill.isWorthIt;
}

function hasRoom({ shutdown }: SweepRun, runner: TableRunner): boolean {
  return !shutdown.reason && runner.hasRoom;
}

/** Lists one page of what lanes have left in the schedule, if they have room again, and admits it. */
async function refillLanes(run: SweepRun, runner: TableRunner): Promise<void> {
  const { refill } = runner.table;
  if (!mayRefill(run, runner)) return;
  let reachedKey: string | undefined = "";
  const startAfter = refill.start();
  try {
    const page = await pageAgain(run, startAfter);
    if (page === undefined) return;
    for (const event of page.due) {
      if (!hasRoom(run, runner)) return; // it stays where it is
      runner.admitLeft(event);
      reachedKey = event.key;
    }
    reachedKey = page.lastKey;
  } finally {
    refill.end(reachedKey);
    runner.pump();
  }
}

/** Sleeps until the table meets a condition, the time is over, or nothing new may start. */
async function sleepUntil(
  { schedule, shutdown }: SweepRun,
  runner: TableRunner,
  waitMs: number,
  isMet: () => boolean,
): Promise<void> {
  const woken = new AbortController();
  void runner.wait.until(isMet).then(() => woken.abort());
  await sleepUnlessAborted(schedule.clock, waitMs, shutdown.startSignal, woken.signal);
}

/** Between two listings: keeps how far the last one came, and takes over what a dead holder below has left. */
async function startListing(run: SweepRun, runner: TableRunner): Promise<void> {
  const { lease, shutdown, listing } = run;
  const { table } = runner;
  const throughMs = listing.isComplete ? sweptThroughMsOf(run, table.states) : undefined;
  if (throughMs !== undefined) {
    // Events that wait for their turn were not tried.
    const startedThroughMs = table.waitingSinceMs - 1;
    run.swept = { fromMs: listing.fromMs, throughMs: Math.min(throughMs, startedThroughMs) };
  }
  runner.pump(); // reports what happened before the counts of this listing begin
  table.startListing();
  runner.pump(); // starts the events that the new listing has freed
  if (lease !== undefined && lease.fromMs !== Number.NEGATIVE_INFINITY) {
    await refresh(lease, shutdown.startSignal);
  }
  run.isFirstListing = false;
  run.clock.startListing();
  run.startListing();
}

/** This holder may have become the lowest. If that can't be read now, the next poll reads it. */
async function refresh(lease: HeldLease, signal: AbortSignal): Promise<void> {
  try {
    await lease.refresh(signal);
  } catch (caught) {
    rethrowUnlessStoreError(caught);
  }
}

export function sweptThroughMsOf(run: SweepRun, left: EventsLeft): number | undefined {
  return sweptThroughMs({
    ...run.listing,
    untilMs: run.untilMs,
    unattemptedSinceMs: left.unattemptedSinceMs,
    isTruncated: run.shutdown.reason !== false,
    codec: run.schedule.codec,
  });
}

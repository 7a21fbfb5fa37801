import { type DueEvent, readDueEvents } from "../event-table/due-event.js";
import type { EventsLeft } from "../event-table/event-states.js";
import type { HeldLease } from "../lease/held-lease.js";
import { sweptThroughMs } from "../lease/history.js";
import { sleepUnlessAborted } from "../machine.js";
import { listPages } from "../requests/list-and-delete.js";
import { noStoreTime, readingOf } from "../requests/store-clock.js";
import type { ListedObject, RequestOptions } from "../store/object-store.js";
import { ObjectStoreError, rethrowUnlessStoreError } from "../store/object-store-error.js";
import { FIRST_INSTANT_MS } from "../time/instant.js";
import type { TableRunner } from "./run-table.js";
import type { SweepRun } from "./sweep-run.js";

export type DuePage = readonly DueEvent[];
export type DuePages = AsyncGenerator<DuePage, void>;

/** Lists the events that are due by the end of the range, page by page; pages without any are left out. */
export async function* duePages(run: SweepRun): DuePages {
  const { schedule, store, untilMs, shutdown, listing } = run;
  const { codec, bucket } = schedule;
  const { prefix } = run.options.partition;
  const fromMs = Math.max(FIRST_INSTANT_MS, listing.fromMs);
  const range = {
    bucket,
    prefix,
    startAfter: prefix + codec.before(fromMs),
    end: prefix + codec.after(untilMs),
  };
  const policy = { ...schedule, signal: shutdown.startSignal };
  for await (const objects of listPages(store, range, policy, () => timed(run))) {
    listing.pagesRead += 1;
    run.options.onListed?.();
    if (run.isFirstListing) run.report({ type: "listed", keys: objects.length });
    const due = dueOn(run, objects, fromMs);
    if (due.length > 0) yield due;
  }
}

function dueOn(run: SweepRun, objects: readonly ListedObject[], fromMs: number): DuePage {
  const { schedule, listing, options, untilMs } = run;
  const passedMs = Math.max(0, run.clock.now() - listing.startedMs);
  const listedMs = (listing.listedAtStoreMs ?? listing.startedMs) + passedMs;
  const { prefix } = options.partition;
  const { events, unrecognized } = readDueEvents(schedule.codec, prefix, objects, listedMs);
  // Later listings meet nearly the same objects.
  if (run.isFirstListing) for (const key of unrecognized) run.report({ type: "unrecognized", key });
  const due: DueEvent[] = [];
  for (const event of events) {
    if (event.atMs < fromMs || event.atMs > untilMs) continue; // key order may differ from time order
    const isLeft = event.wakeUp !== undefined && options.wakeUps === undefined;
    if (!isLeft) due.push(event);
    else if (run.isFirstListing) run.report({ type: "wake-up-left", id: event.id });
  }
  return due;
}

/** The options of a LIST: the first page's answer also has the store's time. */
function timed({ store, schedule, listing }: SweepRun): RequestOptions {
  if (store.capabilities.clock === "shared") listing.listedAtStoreMs ??= listing.startedMs;
  if (store.capabilities.clock !== "store" || listing.pagesRead > 0) return {};
  return readingOf(schedule.clock, ({ sentAtStoreMs }) => {
    listing.listedAtStoreMs = sentAtStoreMs;
  });
}

/** If the page can't be read, the pages before are delivered. Throws if it is the first page of the first listing. */
export async function nextPage(run: SweepRun, pages: DuePages): Promise<DuePage | undefined> {
  const { listing, shutdown, options } = run;
  try {
    const page = await pages.next();
    return page.done ? undefined : page.value;
  } catch (caught) {
    listing.hasFailed = true;
    if (shutdown.reason) return undefined; // the listing was aborted with everything else
    if (run.isFirstListing && listing.pagesRead === 0) throw caught;
    if (options.ahead === undefined)
      shutdown.admitNoMore("list-failed"); // the next sweep delivers the rest
    else rethrowUnlessStoreError(caught); // the next listing would meet the same mistake
    run.report({ type: "list-failed", error: caught });
    return undefined;
  }
}

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
    page = shutdown.reason ? undefined : await nextPage(run, pages);
  }
  if (listing.hasFailed) return;
  if (run.options.ahead) run.shutdown.stopIfSkewed(); // also if nothing was found
  if (shutdown.reason) return;
  listing.isComplete = true;
  runner.table.queues.endListing();
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
      await lingerWhileCalling(run, runner);
      if (!runner.table.isCalling) return;
    } else await pauseUntilPoll(run, runner, startedMs, pollMs);
    if (shutdown.reason) return; // no further listing meets the events that stay, so they remain counted
    await startListing(run, runner);
  }
}

async function pauseUntilPoll(
  { schedule, clock, untilMs, shutdown }: SweepRun,
  runner: TableRunner,
  startedMs: number,
  pollMs: number,
): Promise<void> {
  const tookMs = schedule.clock.monotonic() - startedMs;
  // From the start of one listing to the next it is `pollMs`; after a slow listing, half of that remains.
  const pauseMs = Math.max(pollMs / 2, pollMs - tookMs);
  const isWorthListing = new AbortController();
  void runner.untilWorthListing().then(() => isWorthListing.abort());
  await sleepUnlessAborted(
    schedule.clock,
    Math.min(pauseMs, untilMs + 1 - clock.now()),
    shutdown.startSignal,
    isWorthListing.signal,
  );
}

/** Calls of destinations may take long: the range belongs to this sweep until they end. */
async function lingerWhileCalling(
  { schedule, shutdown }: SweepRun,
  runner: TableRunner,
): Promise<void> {
  const haveEnded = new AbortController();
  void runner.untilCallsEnd().then(() => haveEnded.abort());
  await sleepUnlessAborted(schedule.clock, LINGER_MS, shutdown.startSignal, haveEnded.signal);
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

import type { DueEvent } from "../event-table/due-event.js";
import type { SharedConcurrency, SlowBuckets } from "../event-table/limits.js";
import type { HeldLease } from "../lease/held-lease.js";
import type { OwnSweep } from "../lease/history.js";
import type { Schedule } from "../options/schedule.js";
import type { LatenessHistogram } from "../report/lateness.js";
import { ReportFold } from "../report/report.js";
import type { SafeObserver } from "../report/safe-observer.js";
import type { SweepEvent } from "../report/sweep-event.js";
import type { LeaseUse } from "../report/sweep-report.js";
import { allowedSkewMs, type ClockReading } from "../requests/clock-reading.js";
import { guardedStore } from "../requests/guarded-store.js";
import type { Requests } from "../requests/wrap-store.js";
import type { Partition } from "../shards/partitions.js";
import type { ObjectStore } from "../store/object-store.js";
import { ObjectStoreError } from "../store/object-store-error.js";
import type { TargetGuard } from "../targets/allow-targets.js";
import { createCheckedClock } from "./checked-clock.js";
import { Shutdown } from "./shutdown.js";

export interface LookAhead {
  /** The range ends with the next full interval of this length. */
  readonly intervalMs: number;
  /** How often the schedule is listed again. */
  readonly pollMs: number;
}

export interface PartitionSweepOptions {
  readonly home: Schedule;
  /** What is swept. */
  readonly partition: Partition;
  /** How many partitions are swept at once, and share the memory. */
  readonly partitionCount: number;
  /** The copies that partitions swept at once may have in flight together; `undefined` if there is only one. */
  readonly sharedConcurrency: SharedConcurrency | undefined;
  /** What the sweeper has seen of its target buckets. */
  readonly slowBuckets: SlowBuckets;
  readonly targets: TargetGuard;
  /** The most copies in flight at once. */
  readonly concurrency: number;
  /** How long an event that fails is tried. */
  readonly maxAgeMs: number;
  /** How long the lease is taken for at a time. */
  readonly leaseDurationMs: number;
  /** Shown to other sweepers that find the lease held. */
  readonly owner: string | undefined;
  readonly observed: SafeObserver;
  readonly signal: AbortSignal | undefined;
  /** Epoch ms. */
  readonly deadlineMs: number | undefined;
  readonly whenHeld: "leave" | "wait";
  /** How far the sweep looks ahead; `undefined`: it delivers what is due now. */
  readonly ahead: LookAhead | undefined;
  /** Only counts what is due. */
  readonly dryRun: boolean;
  /** Called for each page that has been listed: the store answers, and the lease could be taken before. */
  readonly onListed?: (() => void) | undefined;
  /** The sweeper's first sweep: it reports what is true of all of them. */
  readonly isFirst: boolean;
}

/** One listing of the schedule from the start of the range. */
export interface ListPass {
  /** This machine's clock when the first page was requested. */
  readonly startedMs: number;
  /** The first due instant of the range at that time. */
  readonly fromMs: number;
  /** The store's clock at that time, or a little earlier. */
  listedAtStoreMs: number | undefined;
  pagesRead: number;
  /** The last event of the last page that was admitted as a whole. */
  lastAdmitted: DueEvent | undefined;
  /** Everything in the range has been admitted. */
  isComplete: boolean;
}

export function newPass(startedMs: number, fromMs = Number.NEGATIVE_INFINITY): ListPass {
  return {
    startedMs,
    fromMs,
    listedAtStoreMs: undefined,
    pagesRead: 0,
    lastAdmitted: undefined,
    isComplete: false,
  };
}

/** What the parts of a sweep of one partition share. */
export interface SweepRun {
  readonly options: PartitionSweepOptions;
  readonly home: Schedule;
  /** The partition's store, with time limits and counted, its clock read in each answer. */
  readonly store: ObjectStore;
  /** The end of the range, inclusive: when the sweep began, or the end of the look-ahead. */
  readonly untilMs: number;
  /** This machine's clock, as far as it can be trusted. */
  readonly now: () => number;
  readonly requests: Requests;
  /** Passes an event on to the observer and into the report. */
  readonly report: (event: SweepEvent) => void;
  readonly fold: ReportFold;
  readonly shutdown: Shutdown;
  /** The most exact reading of the store's clock so far. */
  clockReading: ClockReading | undefined;
  /** An answer of this sweep carried the store's time. */
  isClockRead: boolean;
  /** The reading because of which the sweep ended: a later one may be below the limit. */
  skewReading: ClockReading | undefined;
  /** The listing in progress, or the last one. */
  pass: ListPass;
  /** Only the first listing reports what it meets. */
  isFirstPass: boolean;
  /** What the last listing that has ended says. */
  swept: OwnSweep | undefined;
  lease: HeldLease | undefined;
  leaseUse: LeaseUse;
}

/** What is observed and counted in one call, in all partitions. */
export interface SweepRecord {
  readonly observed: SafeObserver;
  readonly requests: Requests;
  readonly lateness: LatenessHistogram;
}

/** Returns the end of the next full interval: a host that is woken once an interval leaves no gap, whenever it is woken. */
export function rangeEndMs(nowMs: number, intervalMs: number): number {
  return (Math.floor(nowMs / intervalMs) + 2) * intervalMs;
}

export function startRun(options: PartitionSweepOptions, record: SweepRecord): SweepRun {
  const { home, ahead } = options;
  const { observed, requests, lateness } = record;
  const { clock } = home;
  const startedMs = clock.now();
  const checked = createCheckedClock(clock);
  const fold = new ReportFold(lateness);
  const onReading = (reading: ClockReading) => {
    run.isClockRead = true;
    if (reading.tookMs <= (run.clockReading?.tookMs ?? reading.tookMs)) run.clockReading = reading;
    if (Math.abs(reading.aheadMs) <= allowedSkewMs(home.guardMs)) checked.confirm(reading.sentAt);
  };
  const hasClock = home.store.capabilities.clock === "store";
  const run: SweepRun = {
    options,
    home,
    store: guardedStore(home.store, clock, { requests, ...(hasClock && { onReading }) }),
    untilMs: ahead === undefined ? startedMs : rangeEndMs(startedMs, ahead.intervalMs) - 1,
    now: checked.now,
    requests,
    report(event) {
      fold.add(event);
      observed.tell(event);
    },
    fold,
    shutdown: new Shutdown(clock, options),
    clockReading: undefined,
    isClockRead: false,
    skewReading: undefined,
    pass: newPass(startedMs),
    isFirstPass: true,
    swept: undefined,
    lease: undefined,
    leaseUse: "none",
  };
  return run;
}

/** The most exact answer since the listing began says that this machine's clock is ahead, so that a copy would be early. */
export function isClockAhead({ home, clockReading }: SweepRun): boolean {
  return clockReading !== undefined && clockReading.aheadMs > allowedSkewMs(home.guardMs);
}

/**
 * Throws if no answer has carried the store's time although this store's answers should: the clock can't be checked, so a
 * copy could be early. The lease throws by itself; this is for a sweep without one.
 */
export function requireClock({ home, options, isClockRead }: SweepRun): void {
  if (home.store.capabilities.clock !== "store" || isClockRead) return;
  throw new ObjectStoreError({
    code: "unexpected",
    undecided: false,
    operation: "list",
    bucket: home.bucket,
    key: options.partition.prefix,
    message:
      "the store's answer carries no readable time (the header Date), so this machine's clock can't be checked. A proxy may have removed or changed it: connect to the store directly, or let the proxy pass that header on.",
  });
}

/** Ends a look-ahead whose clock is off either way: behind, it would keep other sweepers from delivering in time. */
export function stopIfSkewed(run: SweepRun): void {
  const { home, clockReading } = run;
  if (clockReading === undefined) return;
  if (Math.abs(clockReading.aheadMs) > allowedSkewMs(home.guardMs)) stopForSkew(run);
}

/** Ends a sweep whose clock is off, and keeps by how much. */
export function stopForSkew(run: SweepRun): void {
  if (run.shutdown.reason === false) run.skewReading = run.clockReading;
  run.shutdown.stop("clock-skew");
}

/** How far this machine's clock is off, for the report. */
export function reportedSkewMs({ skewReading, clockReading }: SweepRun): number | undefined {
  const reading = skewReading ?? clockReading;
  return reading && Math.round(reading.aheadMs);
}

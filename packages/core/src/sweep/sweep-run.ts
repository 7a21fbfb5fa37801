import type { HeldLease } from "../lease/held-lease.js";
import type { ResolvedHome } from "../options/home.js";
import { allowedSkewMs, type ClockReading } from "../requests/clock-reading.js";
import type { Requests } from "../requests/counted-store.js";
import { limitedStore } from "../requests/limited-store.js";
import type { ObjectStore } from "../store/object-store.js";
import { ObjectStoreError } from "../store/object-store-error.js";
import { createCheckedClock } from "./checked-clock.js";
import type { CopySlots } from "./delivering/copy-slots.js";
import type { SlowBuckets } from "./delivering/slow-buckets.js";
import type { DueEvent } from "./due-event.js";
import { type Condemned, createCondemned } from "./giving-up/condemned.js";
import type { LatenessHistogram } from "./reporting/lateness.js";
import type { SafeObserver } from "./reporting/safe-observer.js";
import type { LeaseUse } from "./reporting/sweep-report.js";
import { createSweepTally, type SweepTally } from "./reporting/sweep-tally.js";
import type { OwnSweep } from "./retrying/try-history.js";
import type { TargetGuard } from "./target-guard.js";
import { createWindDown, type WindDown } from "./wind-down.js";

export interface LookAhead {
  /** The range ends with the next full interval of this length. */
  readonly intervalMs: number;
  /** How often the schedule is listed again. */
  readonly pollMs: number;
}

export interface SweepOptions {
  /** The place that is swept: one prefix, one lease. */
  readonly home: ResolvedHome;
  /** How many places are swept at once, and so share what may be in memory. */
  readonly places: number;
  /** What they share of what may be under way. */
  readonly slots: CopySlots;
  /** What the sweeper has seen of its target buckets. */
  readonly slowBuckets: SlowBuckets;
  readonly targets: TargetGuard;
  /** The most copies under way at once. */
  readonly concurrency: number;
  /** How long an event that fails is tried. */
  readonly maxAgeMs: number;
  /** How long the lease is taken for at a time. */
  readonly leaseTtlMs: number;
  /** Said to other sweepers that find the lease held. */
  readonly owner: string | undefined;
  readonly observed: SafeObserver;
  readonly signal: AbortSignal | undefined;
  /** Epoch ms. */
  readonly deadlineMs: number | undefined;
  readonly whenHeld: "leave" | "wait";
  /** How far it looks ahead; left out, it delivers what is due now. */
  readonly ahead: LookAhead | undefined;
  /** Only count what is due. */
  readonly dryRun: boolean;
  /** Is called for each page that has been listed: the store answers, and the lease could be taken before. */
  readonly onListed?: (() => void) | undefined;
  /** The sweeper's first sweep: what is true of all of them is told now. */
  readonly isFirst: boolean;
}

/** One listing of the schedule from the beginning of the range. */
export interface ListPass {
  /** This machine's clock when the first page was asked for. */
  readonly startedMs: number;
  /** The first due instant that was looked for: when the range began then. */
  readonly fromMs: number;
  /** The store's clock then, or a little earlier. */
  listedAtStoreMs: number | undefined;
  pagesRead: number;
  /** The last event of the last page that was taken in as a whole. */
  lastTakenIn: DueEvent | undefined;
  /** Everything in the range has been taken in. */
  isComplete: boolean;
}

export function newPass(startedMs: number, fromMs = Number.NEGATIVE_INFINITY): ListPass {
  return {
    startedMs,
    fromMs,
    listedAtStoreMs: undefined,
    pagesRead: 0,
    lastTakenIn: undefined,
    isComplete: false,
  };
}

/** What the parts of one sweep share. */
export interface SweepRun {
  readonly options: SweepOptions;
  readonly home: ResolvedHome;
  /** The home's store, with limits and counted, its clock read in each answer. */
  readonly store: ObjectStore;
  /** What is due at this instant or earlier: when the sweep began, or the end of what is looked ahead. */
  readonly untilMs: number;
  /** This machine's clock, as far as it can be believed. */
  readonly now: () => number;
  readonly requests: Requests;
  readonly tally: SweepTally;
  readonly windDown: WindDown;
  readonly condemned: Condemned;
  /** Of the store's clock, the most exact one so far. */
  clockReading: ClockReading | undefined;
  /** An answer of this sweep carried the store's time. */
  isClockRead: boolean;
  /** The one for which the sweep ended: a later one may be below the limit. */
  skewReading: ClockReading | undefined;
  /** Of the listing under way, or of the last one. */
  pass: ListPass;
  /** What the last pass that has ended says. */
  swept: OwnSweep | undefined;
  lease: HeldLease | undefined;
  leaseUse: LeaseUse;
  circuit: boolean;
  unordered: boolean;
}

/** The most exact answer since the listing began says that this machine's clock is ahead, so that a copy would be early. */
export function isClockAhead({ home, clockReading }: SweepRun): boolean {
  return clockReading !== undefined && clockReading.aheadMs > allowedSkewMs(home.guardMs);
}

/**
 * Throws if no answer has carried the store's time although this store's answers should: the clock can't be checked, so a
 * copy could be early. The lease throws by itself; this is for a sweep without one.
 */
export function requireClock({ home, isClockRead }: SweepRun): void {
  if (home.store.capabilities.clock !== "store" || isClockRead) return;
  throw new ObjectStoreError({
    code: "unexpected",
    undecided: false,
    operation: "list",
    bucket: home.bucket,
    key: home.pendingPrefix,
    message:
      "the store's answer carries no readable time (the header Date), so this machine's clock can't be checked. A proxy may have removed or changed it: connect to the store directly, or let the proxy pass that header on.",
  });
}

/** Ends a sweep whose clock is off, and remembers by how much. */
export function stopForSkew(run: SweepRun): void {
  if (run.windDown.reason === false) run.skewReading = run.clockReading;
  run.windDown.stop("clock-skew");
}

/** How far this machine's clock is off, for the report. */
export function reportedSkewMs({ skewReading, clockReading }: SweepRun): number | undefined {
  const reading = skewReading ?? clockReading;
  return reading && Math.round(reading.aheadMs);
}

/** What is told and counted of one call, in however many places. */
export interface SweepRecord {
  readonly observed: SafeObserver;
  readonly requests: Requests;
  readonly lateness: LatenessHistogram;
}

export function startRun(options: SweepOptions, record: SweepRecord, untilMs?: number): SweepRun {
  const { home } = options;
  const { observed, requests, lateness } = record;
  const { clock } = home;
  const checked = createCheckedClock(clock);
  const startedMs = clock.now();
  const onReading = (reading: ClockReading) => {
    run.isClockRead = true;
    if (reading.tookMs <= (run.clockReading?.tookMs ?? reading.tookMs)) run.clockReading = reading;
    if (Math.abs(reading.aheadMs) <= allowedSkewMs(home.guardMs)) checked.confirm(reading.sentAt);
  };
  const hasClock = home.store.capabilities.clock === "store";
  const run: SweepRun = {
    options,
    home,
    store: limitedStore(home.store, clock, { requests, ...(hasClock && { onReading }) }),
    untilMs: untilMs ?? startedMs,
    now: checked.now,
    requests,
    tally: createSweepTally(observed, lateness),
    windDown: createWindDown(clock, options),
    condemned: createCondemned(),
    clockReading: undefined,
    isClockRead: false,
    skewReading: undefined,
    pass: newPass(startedMs),
    swept: undefined,
    lease: undefined,
    leaseUse: "none",
    circuit: false,
    unordered: false,
  };
  return run;
}

import type { DueEvent } from "../event-table/due-event.js";
import type { SlowBuckets } from "../event-table/ready-events.js";
import type { JournalWriter } from "../journal/journal-writer.js";
import type { HeldLease } from "../lease/held-lease.js";
import type { OwnSweep } from "../lease/history.js";
import type { Schedule } from "../options/schedule.js";
import type { LatenessHistogram } from "../report/lateness-histogram.js";
import { ReportFold, reportTo } from "../report/report.js";
import type { SafeObserver } from "../report/safe-observer.js";
import type { SweepEnd, SweepEvent } from "../report/sweep-event.js";
import type { LeaseUse } from "../report/sweep-report.js";
import { guardedStore } from "../requests/guarded-store.js";
import { CheckedClock } from "../requests/store-clock.js";
import { countedStore, type Requests } from "../requests/wrap-store.js";
import type { Partition } from "../shards/partitions.js";
import type { ObjectStore } from "../store/object-store.js";
import type { TargetGuard } from "../targets/allow-targets.js";
import type { SharedConcurrency } from "./concurrency.js";
import type { NamedDestinations } from "./destinations.js";
import type { RecentTries } from "./recent-tries.js";
import { Shutdown } from "./shutdown.js";
import type { WakeUps } from "./wake-ups.js";

export interface LookAhead {
  /** The range ends with the next full interval of this length. */
  readonly intervalMs: number;
  readonly pollMs: number;
}

/** A sweep's options, checked (`SweeperOptions` and `SweepOptions` explain them), and its part of what sweeps share. */
export interface PartitionSweepOptions {
  readonly schedule: Schedule;
  readonly partition: Partition;
  /** How many partitions are swept at the same time, and share the memory. */
  readonly partitionCount: number;
  /** The copies that these partitions may have in flight together; `undefined` if there is only one. */
  readonly sharedConcurrency: SharedConcurrency | undefined;
  readonly slowBuckets: SlowBuckets;
  readonly targets: TargetGuard;
  /** What events are handed to whose target bucket names it. */
  readonly destinations: NamedDestinations;
  readonly recentTries: RecentTries;
  readonly concurrency: number;
  readonly maxAgeMs: number;
  readonly leaseDurationMs: number;
  readonly owner: string | undefined;
  readonly observed: SafeObserver;
  readonly journal?: JournalWriter | undefined;
  /** What completes wake-ups; `undefined`: this sweeper leaves them alone. */
  readonly wakeUps: WakeUps | undefined;
  readonly signal: AbortSignal | undefined;
  /** Epoch ms. */
  readonly deadlineMs: number | undefined;
  /** When the whole sweep began (epoch ms). */
  readonly startedMs: number;
  readonly whenHeld: "leave" | "wait";
  readonly ahead: LookAhead | undefined;
  readonly dryRun: boolean;
  /** Called for each page that has been listed, which proves that the store answers and that the lease could be taken. */
  readonly onListed?: (() => void) | undefined;
  /** The sweeper's first sweep: it reports what is true of all of them. */
  readonly isFirst: boolean;
}

/** One listing of the schedule from the start of the range. */
export interface Listing {
  /** This machine's clock when the first page was requested. */
  readonly startedMs: number;
  /** The first due instant of the range at that time. */
  readonly fromMs: number;
  /** The store's clock at that time, or a little earlier. */
  listedAtStoreMs: number | undefined;
  pagesRead: number;
  /** A page could not be read. */
  hasFailed: boolean;
  /** The last event of the last page that was admitted as a whole. */
  lastAdmitted: DueEvent | undefined;
  /** Everything in the range has been admitted. */
  isComplete: boolean;
}

/** What is counted in one call, in all partitions. */
export interface SweepRecord {
  readonly requests: Requests;
  readonly lateness: LatenessHistogram;
}

/** Returns the end of the next full interval: a host that is woken once an interval leaves no gap, whenever it is woken. */
export function rangeEndMs(nowMs: number, intervalMs: number): number {
  return (Math.floor(nowMs / intervalMs) + 2) * intervalMs;
}

/** How long a sweep that does not look ahead waits for a destination that wants no events. */
const PATIENCE_MS = 10_000;

/** Until when a sweep waits for a destination that wants no events now (both monotonic). */
export function waitsUntilMs({ options, untilMs, clock }: SweepRun, nowMs: number): number {
  return nowMs + (options.ahead === undefined ? PATIENCE_MS : Math.max(0, untilMs - clock.now()));
}

/** Whether it is too late to start the delivery of an event. Few events expire: the clock is read only for them. */
export function isExpired({ clock }: SweepRun, { expiresAtMs }: DueEvent): boolean {
  return expiresAtMs !== Number.POSITIVE_INFINITY && clock.notBehind() > expiresAtMs;
}

/** The parts of one sweep of a partition share this. */
export class SweepRun {
  readonly options: PartitionSweepOptions;
  readonly schedule: Schedule;
  /** The store with time limits and counted, its clock read in each answer. */
  readonly store: ObjectStore;
  /** The end of the range, inclusive: when the sweep began, or the end of the look-ahead. */
  readonly untilMs: number;
  readonly clock: CheckedClock;
  readonly fold: ReportFold;
  readonly shutdown: Shutdown;
  /** The listing in progress, or the last one. */
  listing: Listing;
  /** Only the first listing reports what it meets. */
  isFirstListing = true;
  /** What the last listing that has ended says. */
  swept: OwnSweep | undefined;
  lease: HeldLease | undefined;
  leaseUse: LeaseUse = "none";
  delivered: Pick<SweepEnd, "circuitOpen" | "orderUncertain" | "concurrencyReached"> = {
    circuitOpen: false,
    orderUncertain: false,
    concurrencyReached: 0,
  };
  readonly #early: SweepEvent[] = [];
  readonly #requests: Requests;
  #unlimitedStore: ObjectStore | undefined;

  constructor(options: PartitionSweepOptions, { requests, lateness }: SweepRecord) {
    const { schedule, ahead } = options;
    this.options = options;
    this.schedule = schedule;
    this.clock = new CheckedClock(schedule);
    const startedMs = schedule.clock.now();
    this.untilMs = ahead === undefined ? startedMs : rangeEndMs(startedMs, ahead.intervalMs) - 1;
    this.listing = newListing(startedMs);
    this.fold = new ReportFold(lateness);
    this.shutdown = new Shutdown(this.clock, options);
    const { store } = schedule;
    const onReading = store.capabilities.clock === "store" ? this.clock.compare : undefined;
    this.store = guardedStore(store, schedule.clock, { requests, onReading });
    this.#requests = requests;
  }

  /** The store without limits, which would end a body that is read slowly. */
  get unlimitedStore(): ObjectStore {
    this.#unlimitedStore ??= countedStore(this.schedule.store, this.#requests);
    return this.#unlimitedStore;
  }

  /** Until `startReporting`, events wait: a sweep that waits for the lease lists again, and reports only the last listing. */
  report = (event: SweepEvent): void => void this.#early.push(event);

  startReporting(): void {
    this.report = reportTo(this.fold, this.options.observed, this.options.journal);
    for (const event of this.#early.splice(0)) this.report(event);
  }

  /** Starts a listing of what belongs to this holder of the lease. */
  startListing(): void {
    this.listing = newListing(this.clock.now(), this.lease?.fromMs);
  }
}

function newListing(startedMs: number, fromMs = Number.NEGATIVE_INFINITY): Listing {
  return {
    startedMs,
    fromMs,
    listedAtStoreMs: undefined,
    pagesRead: 0,
    hasFailed: false,
    lastAdmitted: undefined,
    isComplete: false,
  };
}

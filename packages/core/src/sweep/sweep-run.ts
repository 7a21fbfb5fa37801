import type { DueEvent } from "../event-table/event-states.js";
import type { SlowBuckets } from "../event-table/waiting-events.js";
import type { HeldLease } from "../lease/held-lease.js";
import type { OwnSweep } from "../lease/history.js";
import type { Clock } from "../machine.js";
import type { Schedule } from "../options/schedule.js";
import { type LatenessHistogram, ReportFold } from "../report/report.js";
import type { SafeObserver, SweepEvent } from "../report/sweep-event.js";
import type { LeaseUse } from "../report/sweep-report.js";
import { allowedSkewMs, type ClockInstant, type ClockReading } from "../requests/clock-reading.js";
import { COPY_BYTES_PER_MS, guardedStore } from "../requests/guarded-store.js";
import type { Requests } from "../requests/wrap-store.js";
import type { Partition } from "../shards/partitions.js";
import type { ObjectStore } from "../store/object-store.js";
import type { TargetGuard } from "../targets/allow-targets.js";
import { Shutdown } from "./shutdown.js";
import type { SharedConcurrency } from "./sweep.js";

export interface LookAhead {
  /** The range ends with the next full interval of this length. */
  readonly intervalMs: number;
  /** How often the schedule is listed again. */
  readonly pollMs: number;
}

export interface PartitionSweepOptions {
  readonly schedule: Schedule;
  /** What is swept. */
  readonly partition: Partition;
  /** How many partitions are swept at the same time, and share the memory. */
  readonly partitionCount: number;
  /** The copies that these partitions may have in flight together; `undefined` if there is only one. */
  readonly sharedConcurrency: SharedConcurrency | undefined;
  /** What the sweeper has seen of its target buckets. */
  readonly slowBuckets: SlowBuckets;
  readonly targets: TargetGuard;
  /** The most copies in flight. */
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
  /** Called for each page that has been listed, which proves that the store answers and that the lease could be taken. */
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

/** A copy of any size may take this long, and a copy that starts must be able to end. */
const COPY_MS = 15_000;

/** Returns the end of the next full interval: a host that is woken once an interval leaves no gap, whenever it is woken. */
export function rangeEndMs(nowMs: number, intervalMs: number): number {
  return (Math.floor(nowMs / intervalMs) + 2) * intervalMs;
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
  pass: ListPass;
  /** Only the first listing reports what it meets. */
  isFirstPass = true;
  /** What the last listing that has ended says. */
  swept: OwnSweep | undefined;
  lease: HeldLease | undefined;
  leaseUse: LeaseUse = "none";

  constructor(options: PartitionSweepOptions, { requests, lateness }: SweepRecord) {
    const { schedule, ahead } = options;
    this.options = options;
    this.schedule = schedule;
    this.clock = new CheckedClock(schedule.clock, allowedSkewMs(schedule.guardMs));
    const startedMs = schedule.clock.now();
    this.untilMs = ahead === undefined ? startedMs : rangeEndMs(startedMs, ahead.intervalMs) - 1;
    this.pass = newPass(startedMs);
    this.fold = new ReportFold(lateness);
    this.shutdown = new Shutdown(schedule.clock, options);
    const { store } = schedule;
    const onReading = store.capabilities.clock === "store" ? this.clock.compare : undefined;
    this.store = guardedStore(store, schedule.clock, { requests, onReading });
  }

  /** Adds an event to the report, and passes it on to the observer. */
  readonly report = (event: SweepEvent): void => {
    this.fold.add(event);
    this.options.observed.notify(event);
  };

  /** Starts a listing of what belongs to this holder of the lease. */
  startPass(): void {
    this.pass = newPass(this.clock.now(), this.lease?.fromMs);
  }

  /** Ends a look-ahead whose clock is off either way: behind, it would keep other sweepers from delivering in time. */
  stopIfSkewed(): void {
    if (this.clock.isOff) this.stopForSkew();
  }

  stopForSkew(): void {
    if (this.shutdown.reason === false) this.clock.keepReading();
    this.shutdown.stop("clock-skew");
  }

  /**
   * Decides immediately before each copy whether it may start: `undefined` if it may. `stopped`: no copy may, and the sweep
   * stops. `tooLarge`: this event does not fit before the deadline.
   */
  obstacleTo(sizeBytes: number): "stopped" | { readonly tooLarge: string } | undefined {
    const { lease, shutdown } = this;
    const leftMs = shutdown.copyLeftMs();
    if (this.clock.isAhead) this.stopForSkew();
    else if (lease !== undefined && lease.leftMs() < Math.min(COPY_MS, lease.ttlMs / 4)) {
      shutdown.stop("lease-lost"); // copies in flight may go on as long as the lease does
      this.leaseUse = "lost";
    } else if (leftMs <= 0) {
      shutdown.stop("deadline"); // a host that was frozen learns it here before its timers fire
    } else {
      const copyMs = sizeBytes / COPY_BYTES_PER_MS;
      return copyMs <= leftMs ? undefined : { tooLarge: tooLarge(sizeBytes, copyMs, leftMs) };
    }
    return "stopped";
  }
}

function tooLarge(sizeBytes: number, copyMs: number, leftMs: number): string {
  const [neededS, leftS] = [Math.ceil(copyMs / 1_000), Math.floor(leftMs / 1_000)];
  return `a copy of ${sizeBytes} bytes can take ${neededS} s, this sweep has ${leftS} s left: sweep with a later deadline`;
}

function newPass(startedMs: number, fromMs = Number.NEGATIVE_INFINITY): ListPass {
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

/** What clocks that tick apart may differ by until they are compared again. */
const TOLERANCE_MS = 250;

/**
 * The wall clock, but never ahead of what the last comparison with the store's clock and the time since then allow: a clock
 * that is set forward in the middle of a sweep delivers nothing early.
 */
export class CheckedClock {
  /** An answer has carried the store's time. */
  isCompared = false;
  readonly #clock: Clock;
  /** How far it may be from the store's clock. */
  readonly #allowedMs: number;
  #right: ClockInstant | undefined;
  #mostExact: ClockReading | undefined;
  #ending: ClockReading | undefined;

  constructor(clock: Clock, allowedMs: number) {
    this.#clock = clock;
    this.#allowedMs = allowedMs;
  }

  now(): number {
    const nowMs = this.#clock.now();
    const right = this.#right;
    if (right === undefined) return nowMs; // never compared, for example because both sides read one clock
    const passedMs = this.#clock.monotonic() - right.monotonicMs;
    return Math.min(nowMs, right.wallMs + passedMs + TOLERANCE_MS);
  }

  /** An answer carries the store's time. The wall clock may have been set since the request was sent. */
  readonly compare = (reading: ClockReading): void => {
    this.isCompared = true;
    if (reading.tookMs <= (this.#mostExact?.tookMs ?? reading.tookMs)) this.#mostExact = reading;
    if (Math.abs(reading.aheadMs) <= this.#allowedMs) this.#right = reading.sentAt;
  };

  /** The most exact answer since the listing began says that the clock is ahead, so that a copy would be early. */
  get isAhead(): boolean {
    return this.#mostExact !== undefined && this.#mostExact.aheadMs > this.#allowedMs;
  }

  /** The same, or behind. */
  get isOff(): boolean {
    return this.#mostExact !== undefined && Math.abs(this.#mostExact.aheadMs) > this.#allowedMs;
  }

  /** How far the clock is ahead of the store's, for the report. */
  get skewMs(): number | undefined {
    const reading = this.#ending ?? this.#mostExact;
    return reading && Math.round(reading.aheadMs);
  }

  /** The sweep ends because of this reading: a later one may be below the limit. */
  keepReading(): void {
    this.#ending = this.#mostExact;
  }

  /** Another listing begins: only its answers count. */
  startListing(): void {
    this.#mostExact = undefined;
  }
}

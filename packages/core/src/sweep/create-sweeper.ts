import { SlowBuckets } from "../event-table/ready-events.js";
import { checkOptionNames } from "../input/option-names.js";
import { checkSignal } from "../options/check-options.js";
import { LOCATION_OPTIONS, resolveSchedule, type ScheduleLocation } from "../options/schedule.js";
import { SafeObserver } from "../report/safe-observer.js";
import type { Observer } from "../report/sweep-event.js";
import type { SweepReport } from "../report/sweep-report.js";
import { guardedStore } from "../requests/guarded-store.js";
import { Partitions } from "../shards/partitions.js";
import { createTargetGuard } from "../targets/allow-targets.js";
import type { Destination } from "../targets/destination.js";
import { type Duration, durationMs } from "../time/duration.js";
import { type Moment, momentMs } from "../time/moment.js";
import {
  checkConcurrency,
  checkJournal,
  checkObserve,
  checkOwner,
  checkShard,
  checkWakeUps,
  intervalMs,
  leaseDurationMs,
  lookAheadOf,
} from "./check-sweeper-options.js";
import { checkDestinations } from "./destinations.js";
import { RecentTries } from "./recent-tries.js";
import { startAll } from "./start.js";
import { type SweepAllOptions, type SweepShard, sweep } from "./sweep.js";
import type { Sweeping } from "./sweeping.js";
import type { WakeUps } from "./wake-ups.js";

export interface SweeperOptions extends ScheduleLocation {
  /**
   * Where events may be copied to: `"bucket/*"`, `"bucket/prefix/*"`, `"bucket/key"`; `["*"]` allows every target.
   * Required unless there are `destinations`, because anyone who can write to the schedule can make the sweeper copy on their
   * behalf.
   */
  readonly allowTargets?: readonly string[] | undefined;
  /**
   * Functions, webhooks, programs: an event whose target bucket has the name of one is handed to it and not copied. It is allowed
   * by being named here.
   * @default none: every event is copied
   */
  readonly destinations?: Readonly<Record<string, Destination>> | undefined;
  /** The most copies in flight. Deliveries by destinations are counted by each destination itself. @default 64 */
  readonly concurrency?: number | undefined;
  /**
   * How long an event that fails is tried, counted from its due instant or, if that is later, from when it was written. After
   * that it moves to the dead letters.
   * @default "24h"
   */
  readonly maxAge?: Duration | undefined;
  /**
   * How long the lease is taken for; it is renewed at half of that time. After a crash other sweepers wait this long. From 10s
   * to 60s.
   * @default "60s"
   */
  readonly leaseDuration?: Duration | undefined;
  /** Shown to other sweepers that find the lease held, for example this host's name. */
  readonly owner?: string | undefined;
  /**
   * What completes the wake-ups of recurring schedules: `recurringWakeUps()` of `@keywhen/recurring`.
   * @default none: due wake-ups are left to another sweeper, and counted in the report (`wakeUpsLeft`)
   */
  readonly wakeUps?: WakeUps | undefined;
  /**
   * Writes what became of each event to `<root>/journal/`, one PUT for each sweep that delivered something, at most one a minute
   * while there are few events. Deliveries never wait for it. `readJournal()` of `@keywhen/core/journal` reads it.
   * @default false
   */
  readonly journal?: boolean | undefined;
  readonly observe?: Observer | undefined;
}

export interface SweepOptions {
  /** When it aborts, the sweep shuts down within 5 s and resolves with `truncated: "aborted"`. */
  readonly signal?: AbortSignal | undefined;
  /** The sweep ends before this instant: nothing starts in the last 2 s before it. */
  readonly deadline?: Moment | undefined;
  /**
   * What to do if another sweeper holds the lease: end immediately with `outcome: "held"`, or wait until the lease is free or
   * the deadline has come.
   * @default "leave"
   */
  readonly whenHeld?: "leave" | "wait" | undefined;
  /**
   * Delivers not only what is due now, but each event at its instant, until the end of the next full interval of this length.
   * With `"1m"`, a sweep that starts at 12:00:20 goes on until 12:02:00, so one start in each minute leaves no gap. A deadline
   * must be later than that end.
   * @default only what is due now
   */
  readonly lookAhead?: Duration | undefined;
  /**
   * How often a sweep that looks ahead lists the schedule again, one LIST each time. An event that is written shortly before its
   * instant is late by this time at most.
   * @default "5s"
   */
  readonly poll?: Duration | undefined;
  /** Only counts what is due. */
  readonly dryRun?: boolean | undefined;
  /**
   * Sweeps one shard of the schedule, where several hosts share it: `{ index: 1, count: 4 }`. `count` does not have to be the
   * schedule's own number of shards: each of those belongs to one index, and `pending/` belongs to index 1.
   * @default the whole schedule
   */
  readonly shard?: SweepShard | undefined;
}

/** @inline */
export interface StartOptions {
  /** Stops it, as `stop()` does. */
  readonly signal?: AbortSignal | undefined;
  /** The interval between the starts of two sweeps. @default "1m" */
  readonly every?: Duration | undefined;
  /** How often the schedule is listed again, for what is written at short notice. @default "5s" */
  readonly poll?: Duration | undefined;
  /** Sweeps one shard of the schedule. @default the whole schedule */
  readonly shard?: SweepShard | undefined;
}

/** Delivers what is due. Holds nothing open between sweeps. */
export interface Sweeper {
  /**
   * Delivers once what is due now; the lease allows one sweeper at a time. Rejects only if nothing could be listed or the lease
   * could not be read or written. Failures of single events are counted in the report and reported to the observer.
   */
  sweep(options?: SweepOptions): Promise<SweepReport>;

  /**
   * Delivers each event at its instant until it is stopped. The observer receives the report of each sweep. Several hosts can do
   * this: they share the time. It goes on through outages and expired credentials, and reports them (`sweep-failed`,
   * `trouble`). It ends by itself only if the first tries show that the configuration is wrong.
   */
  start(options?: StartOptions): Sweeping;
}

const KNOWN_OPTIONS = [
  ...LOCATION_OPTIONS,
  "allowTargets",
  "destinations",
  "concurrency",
  "maxAge",
  "leaseDuration",
  "owner",
  "wakeUps",
  "journal",
  "observe",
] as const;
const KNOWN_CALL = [
  "signal",
  "deadline",
  "whenHeld",
  "lookAhead",
  "poll",
  "dryRun",
  "shard",
] as const;
const DEFAULT_CONCURRENCY = 64;
const DEFAULT_EVERY = "1m";
const DEFAULT_MAX_AGE = "24h";
const DEFAULT_LEASE = "60s";

/** A sweeper over the events of one schedule; sends nothing by itself. */
export function createSweeper(options: SweeperOptions): Sweeper {
  checkOptionNames(options, KNOWN_OPTIONS, "createSweeper()");
  const schedule = resolveSchedule(options);
  const { store, clock } = schedule;
  const destinations = checkDestinations(options.destinations, clock);
  const fixed = {
    schedule,
    partitions: new Partitions({ ...schedule, store: guardedStore(store, clock) }),
    targets: createTargetGuard(schedule, options.allowTargets, destinations),
    destinations,
    recentTries: new RecentTries(),
    concurrency: checkConcurrency(options.concurrency ?? DEFAULT_CONCURRENCY),
    maxAgeMs: durationMs(options.maxAge ?? DEFAULT_MAX_AGE),
    leaseDurationMs: leaseDurationMs(options.leaseDuration ?? DEFAULT_LEASE),
    owner: checkOwner(options.owner),
    wakeUps: checkWakeUps(options.wakeUps),
    writesJournal: checkJournal(options.journal) ?? false,
    observed: new SafeObserver(checkObserve(options.observe)),
    slowBuckets: new SlowBuckets(),
  };
  let hasSwept = false;
  const optionsOf = (call: SweepOptions): SweepAllOptions => {
    checkOptionNames(call, KNOWN_CALL, "sweep()");
    const isFirst = !hasSwept;
    hasSwept = true;
    return {
      ...fixed,
      isFirst,
      signal: checkSignal(call.signal),
      deadlineMs: call.deadline === undefined ? undefined : momentMs(call.deadline),
      startedMs: clock.now(),
      whenHeld: call.whenHeld ?? "leave",
      ahead: call.dryRun ? undefined : lookAheadOf(call),
      dryRun: call.dryRun ?? false,
      shard: checkShard(call.shard),
    };
  };
  return {
    sweep: async (call = {}) => sweep(optionsOf(call)),
    start(start = {}) {
      checkOptionNames(start, ["signal", "every", "poll", "shard"], "start()");
      const { every = DEFAULT_EVERY, poll, shard } = start;
      const checkedIntervalMs = intervalMs("every", every);
      lookAheadOf({ lookAhead: every, poll }); // refused now, not in the first sweep
      return startAll({
        ...fixed,
        signal: checkSignal(start.signal),
        shard: checkShard(shard),
        intervalMs: checkedIntervalMs,
        sweepOptions: (signal) => optionsOf({ lookAhead: every, poll, signal }),
      });
    },
  };
}

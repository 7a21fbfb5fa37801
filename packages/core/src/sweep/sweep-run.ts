import type { HeldLease } from "../lease/held-lease.js";
import type { ResolvedHome } from "../options/home.js";
import { type ClockReading, clockReadingStore } from "../requests/clock-reading.js";
import { countedStore, type Requests } from "../requests/counted-store.js";
import { limitedStore } from "../requests/limited-store.js";
import type { ObjectStore } from "../store/object-store.js";
import type { TargetCheck } from "./allow-targets.js";
import { type Condemned, createCondemned } from "./condemned.js";
import type { DueEvent } from "./due-event.js";
import type { SafeObserver } from "./safe-observer.js";
import type { Observer } from "./sweep-event.js";
import type { LeaseUse } from "./sweep-report.js";
import { createSweepTally, type SweepTally } from "./sweep-tally.js";
import { createWindDown, type WindDown } from "./wind-down.js";

export interface SweepOptions {
  readonly home: ResolvedHome;
  readonly isAllowed: TargetCheck;
  /** The most copies under way at once. */
  readonly concurrency: number;
  /** How long an event that fails is tried. */
  readonly maxAgeMs: number;
  /** How long the lease is taken for at a time. */
  readonly leaseTtlMs: number;
  /** Said to other sweepers that find the lease held. */
  readonly owner: string | undefined;
  readonly observe: Observer | undefined;
  readonly signal: AbortSignal | undefined;
  /** Epoch ms. */
  readonly deadlineMs: number | undefined;
  readonly whenHeld: "leave" | "wait";
  /** Only count what is due. */
  readonly dryRun: boolean;
  /** The sweeper's first sweep: what is true of all of them is told now. */
  readonly isFirst: boolean;
}

/** What the parts of one sweep share. */
export interface SweepRun {
  readonly options: SweepOptions;
  readonly home: ResolvedHome;
  /** The home's store, with limits and counted, its clock read in each answer. */
  readonly store: ObjectStore;
  /** What is due at this instant, when the sweep began, or earlier. */
  readonly untilMs: number;
  readonly requests: Requests;
  readonly tally: SweepTally;
  readonly windDown: WindDown;
  readonly condemned: Condemned;
  /** Of the store's clock, the most exact one so far. */
  clockReading: ClockReading | undefined;
  pagesRead: number;
  /** The store's time when the first page was asked for, or a little earlier. */
  listedAtStoreMs: number | undefined;
  /** The last event of the last page that was taken in as a whole. */
  lastTakenIn: DueEvent | undefined;
  lease: HeldLease | undefined;
  leaseUse: LeaseUse;
  circuit: boolean;
  unordered: boolean;
}

export function startRun(
  options: SweepOptions,
  observed: SafeObserver,
  requests: Requests,
): SweepRun {
  const { home } = options;
  const { clock } = home;
  const limited = limitedStore(countedStore(home.store, requests), clock);
  const run: SweepRun = {
    options,
    home,
    store: clockReadingStore(limited, clock, (reading) => {
      if (reading.tookMs <= (run.clockReading?.tookMs ?? reading.tookMs))
        run.clockReading = reading;
    }),
    untilMs: clock.now(),
    requests,
    tally: createSweepTally(observed),
    windDown: createWindDown(clock, options),
    condemned: createCondemned(),
    clockReading: undefined,
    pagesRead: 0,
    listedAtStoreMs: undefined,
    lastTakenIn: undefined,
    lease: undefined,
    leaseUse: "none",
    circuit: false,
    unordered: false,
  };
  return run;
}

import type { ResolvedHome } from "../options/home.js";
import { countedStore, noRequests, type Requests } from "../requests/counted-store.js";
import { limitedStore } from "../requests/limited-store.js";
import type { ObjectStore } from "../store/object-store.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import type { TargetCheck } from "./allow-targets.js";
import { createConcurrencyLimit } from "./concurrency-limit.js";
import { createDeleteQueue, type DeleteQueue } from "./delete-queue.js";
import { deliver } from "./deliver.js";
import { createDispatcher, type Dispatcher } from "./dispatcher.js";
import type { DueEvent } from "./due-event.js";
import type { Observer } from "./sweep-event.js";
import { createSweepTally, type SweepTally } from "./sweep-tally.js";
import { createTargetLines, type TargetLines } from "./target-lines.js";
import { createWindDown, type WindDown } from "./wind-down.js";

export interface SweepOptions {
  readonly home: ResolvedHome;
  readonly isAllowed: TargetCheck;
  /** The most copies under way at once. */
  readonly concurrency: number;
  readonly observe: Observer | undefined;
  readonly signal: AbortSignal | undefined;
  /** Epoch ms. */
  readonly deadlineMs: number | undefined;
  /** Only count what is due. */
  readonly dryRun: boolean;
}

/** The parts of one sweep, put together. */
export interface SweepRun {
  readonly options: SweepOptions;
  readonly home: ResolvedHome;
  /** The home's store, with limits and counted. */
  readonly store: ObjectStore;
  /** What is due at this instant, when the sweep began, or earlier. */
  readonly untilMs: number;
  readonly requests: Requests;
  readonly tally: SweepTally;
  readonly windDown: WindDown;
  readonly lines: TargetLines;
  readonly deletes: DeleteQueue;
  readonly dispatcher: Dispatcher;
}

const MOST_TRACKED_TARGETS = 100_000;

export function startRun(options: SweepOptions): SweepRun {
  const { home } = options;
  const { clock, random, bucket } = home;
  const requests = noRequests();
  const store = limitedStore(countedStore(home.store, requests), clock);
  const tally = createSweepTally(options.observe);
  const windDown = createWindDown(options.home.clock, options);
  const { startSignal, copySignal, deleteSignal } = windDown;
  const lines = createTargetLines(MOST_TRACKED_TARGETS);
  const limit = createConcurrencyLimit(options.concurrency, clock);

  const onThrottled = () => {
    if (limit.throttled()) tally.slowed(limit.current);
  };
  const onUndeleted = (event: DueEvent, error: ObjectStoreError) => {
    tally.undeleted(event, error);
    dispatcher.undeleted(event);
    if (error.code === "denied") windDown.stop("denied");
  };
  const deletes = createDeleteQueue({
    bucket,
    batchSize: store.capabilities.deleteBatchSize,
    clock,
    random,
    signal: deleteSignal,
    send: (keys) => store.delete(bucket, keys, { signal: deleteSignal }),
    onGone: (event) => dispatcher.deleted(event),
    onFailed: onUndeleted,
    onRetry: (error) => {
      if (error.code === "throttled") onThrottled();
    },
  });
  const delivery = { store, bucket, clock, random, copySignal, startSignal, onThrottled };
  const dispatcher = createDispatcher({
    lines,
    limit,
    tally,
    deletes,
    deliver: (event) => deliver(delivery, event),
  });
  startSignal.addEventListener("abort", dispatcher.dropUnstarted);
  const untilMs = clock.now();
  return { options, home, store, untilMs, requests, tally, windDown, lines, deletes, dispatcher };
}

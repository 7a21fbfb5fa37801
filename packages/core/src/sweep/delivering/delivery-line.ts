import { hasCode } from "../../keywhen-error.js";
import { onAbort } from "../../on-abort.js";
import type { ObjectStoreError } from "../../store/object-store-error.js";
import type { DueEvent } from "../due-event.js";
import { deathReason } from "../giving-up/condemned.js";
import { createTryHistory } from "../retrying/try-history.js";
import { isClockAhead, type SweepRun, stopForSkew } from "../sweep-run.js";
import { type ConcurrencyLimit, createConcurrencyLimit } from "./concurrency-limit.js";
import { type CopyPermit, createCopyPermit } from "./copy-permit.js";
import { createDeleteQueue, type DeleteQueue } from "./delete-queue.js";
import { deliver } from "./deliver.js";
import { createDispatcher, type Dispatcher } from "./dispatcher.js";
import type { Hands } from "./in-hand.js";
import { createTargetLines, type TargetLines } from "./target-lines.js";

/** What brings events from the listing to their targets, put together once the lease is held. */
export interface DeliveryLine {
  readonly lines: TargetLines;
  readonly inHand: Hands;
  readonly limit: ConcurrencyLimit;
  readonly permit: CopyPermit;
  readonly deletes: DeleteQueue;
  readonly dispatcher: Dispatcher;
}

const MOST_TRACKED_TARGETS = 100_000;
/** Events between listing and confirmed delete, of all places together; of one at least what fills two deletes. */
const MOST_IN_MEMORY = 10_000;
const LEAST_IN_MEMORY = 2_000;

export function createDeliveryLine(run: SweepRun, inHand: Hands): DeliveryLine {
  const { home, store, tally, windDown, options, lease, condemned } = run;
  const { clock, random, bucket } = home;
  const { startSignal, copySignal, deleteSignal, copyLeftMs } = windDown;
  const lines = createTargetLines(MOST_TRACKED_TARGETS);
  const limit = createConcurrencyLimit({
    most: options.concurrency,
    monotonic: () => clock.monotonic(),
  });
  const nowMs = () => run.pass.listedAtStoreMs ?? run.pass.startedMs;
  const history = createTryHistory(lease, {
    swept: () => run.swept,
    uncertainMs: () => tally.left.uncertainMs,
    nowMs,
  });

  const onThrottled = (sentMs: number) => {
    if (limit.throttled(sentMs)) tally.slowed(limit.current);
  };
  const onUndeleted = (event: DueEvent, error: ObjectStoreError) => {
    tally.undeleted(event, error);
    dispatcher.undeleted(event);
    if (hasCode(error, "denied", "unauthenticated")) windDown.stop("denied");
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
    onRetry: (error, sentMs) => {
      if (error.code === "throttled") onThrottled(sentMs);
    },
  });
  const onLeaseEnds = () => {
    run.leaseUse = "lost";
    windDown.stop("lease-lost"); // what runs may go on as long as the lease does
  };
  const onTimeEnds = () => windDown.stop("deadline");
  const permit = createCopyPermit({
    lease,
    isClockAhead: () => isClockAhead(run),
    copyLeftMs,
    onClockAhead: () => stopForSkew(run),
    onLeaseEnds,
    onTimeEnds,
  });
  const signals = { copySignal, startSignal, lookSignal: deleteSignal };
  const delivery = {
    store,
    bucket,
    clock,
    now: run.now,
    random,
    history,
    permit,
    ...signals,
    onThrottled,
    onRepeat: tally.repeated,
  };
  const dispatcher = createDispatcher({
    lines,
    inHand,
    limit,
    slots: options.slots,
    slowBuckets: options.slowBuckets,
    mostInMemory: Math.max(LEAST_IN_MEMORY, Math.floor(MOST_IN_MEMORY / options.places)),
    tally,
    deletes,
    monotonic: () => clock.monotonic(),
    deliver: (event, isFreed) => deliver(delivery, event, isFreed),
    condemn(event, error) {
      const ages = { history, nowMs: nowMs(), maxAgeMs: options.maxAgeMs };
      const reason = deathReason(event, error, ages);
      return reason !== undefined && condemned.add({ event, reason, error, why: error.message });
    },
  });
  onAbort(startSignal, dispatcher.dropUnstarted);
  return { lines, inHand, limit, permit, deletes, dispatcher };
}

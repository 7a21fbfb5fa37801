import { onAbort } from "../on-abort.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import { type ConcurrencyLimit, createConcurrencyLimit } from "./concurrency-limit.js";
import { deathReason } from "./condemned.js";
import { type CopyPermit, createCopyPermit } from "./copy-permit.js";
import { createDeleteQueue, type DeleteQueue } from "./delete-queue.js";
import { deliver } from "./deliver.js";
import { createDispatcher, type Dispatcher } from "./dispatcher.js";
import type { DueEvent } from "./due-event.js";
import type { SweepRun } from "./sweep-run.js";
import { createTargetLines, type TargetLines } from "./target-lines.js";
import { createTryHistory } from "./try-history.js";

/** What brings events from the listing to their targets, put together once the lease is held. */
export interface DeliveryLine {
  readonly lines: TargetLines;
  readonly limit: ConcurrencyLimit;
  readonly permit: CopyPermit;
  readonly deletes: DeleteQueue;
  readonly dispatcher: Dispatcher;
}

const MOST_TRACKED_TARGETS = 100_000;

export function createDeliveryLine(run: SweepRun): DeliveryLine {
  const { home, store, tally, windDown, options, lease, condemned } = run;
  const { clock, random, bucket } = home;
  const { startSignal, copySignal, deleteSignal, copyLeftMs } = windDown;
  const lines = createTargetLines(MOST_TRACKED_TARGETS);
  const limit = createConcurrencyLimit(options.concurrency, clock);
  const nowMs = run.listedAtStoreMs ?? run.untilMs;
  const history = createTryHistory(lease, nowMs);
  const ages = { history, nowMs, maxAgeMs: options.maxAgeMs };

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
  const permit = createCopyPermit({ lease, copyLeftMs, onLeaseEnds: windDown.loseLease });
  const signals = { copySignal, startSignal, lookSignal: deleteSignal };
  const delivery = { store, bucket, clock, random, history, permit, ...signals, onThrottled };
  const dispatcher = createDispatcher({
    lines,
    limit,
    tally,
    deletes,
    deliver: (event) => deliver(delivery, event),
    condemn(event, error) {
      const reason = deathReason(event, error, ages);
      return reason !== undefined && condemned.add({ event, reason, error });
    },
  });
  onAbort(startSignal, dispatcher.dropUnstarted);
  return { lines, limit, permit, deletes, dispatcher };
}

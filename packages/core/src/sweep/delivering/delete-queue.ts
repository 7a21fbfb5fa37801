import type { Clock } from "../../clock.js";
import type { RandomSource } from "../../random.js";
import { deleteAnswer } from "../../requests/delete-answer.js";
import { retryPauseMs } from "../../requests/retry.js";
import type { DeleteResult } from "../../store/object-store.js";
import { type ObjectStoreError, storeErrorOf } from "../../store/object-store-error.js";
import type { DueEvent } from "../due-event.js";

/** Deletes what has been copied, in batches, and reads every key's answer. */
export interface DeleteQueue {
  add(event: DueEvent): void;
  /** A younger event waits for one in the queue: send now, or as soon as the request under way is answered. */
  hurry(): void;
  /** Sends all there is; resolves when everything is answered. */
  drain(): Promise<void>;
}

export interface DeleteQueueOptions {
  /** The schedule's bucket. */
  readonly bucket: string;
  readonly batchSize: number;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Ends pauses and retries; requests under way end by the `send` function's own signal. */
  readonly signal: AbortSignal;
  readonly send: (keys: readonly string[]) => Promise<readonly DeleteResult[]>;
  readonly onGone: (event: DueEvent) => void;
  /** Failed for good, as far as this sweep goes. */
  readonly onFailed: (event: DueEvent, error: ObjectStoreError) => void;
  /** The request that was sent at `sentMs` (monotonic) failed and will be tried again. */
  readonly onRetry: (error: ObjectStoreError, sentMs: number) => void;
}

interface QueuedDelete {
  readonly event: DueEvent;
  readonly attempt: number;
}

const LONGEST_WAIT_MS = 1_000;
const ATTEMPTS = 4;

/**
 * A batch leaves when it is full, a second after its oldest, or when somebody is in a hurry. The very first
 * delete goes alone and at once: if deleting is denied, it is better known after one copy than after
 * thousands.
 */
export function createDeleteQueue(options: DeleteQueueOptions): DeleteQueue {
  const { batchSize, clock, signal } = options;
  let queue: QueuedDelete[] = [];
  let requestsUnderWay = 0;
  let unanswered = 0;
  let isFirst = true;
  let isHurried = false;
  let isDraining = false;
  let timer: AbortController | undefined;
  let onDrained = () => {};

  const enqueue = (entry: QueuedDelete) => {
    queue.push(entry);
    if (isFirst || isDraining || queue.length >= batchSize) flush();
    else startTimer();
    isFirst = false;
  };

  const startTimer = () => {
    if (timer !== undefined) return;
    const current = new AbortController();
    timer = current;
    void clock.sleep(LONGEST_WAIT_MS, { signal: current.signal }).then(() => {
      if (!current.signal.aborted) flush();
    });
  };

  const flush = () => {
    timer?.abort();
    timer = undefined;
    while (queue.length > 0) {
      const batch = queue.slice(0, batchSize);
      queue = queue.slice(batchSize);
      void sendBatch(batch);
    }
  };

  const sendBatch = async (batch: readonly QueuedDelete[]) => {
    requestsUnderWay += 1;
    const sentMs = clock.monotonic();
    const results = await sendSafely(options, batch);
    requestsUnderWay -= 1;
    for (const [index, entry] of batch.entries()) {
      const ref = { bucket: options.bucket, key: entry.event.key };
      settle(entry, deleteAnswer(results, index, ref), sentMs);
    }
    if (isHurried && requestsUnderWay === 0) {
      isHurried = false;
      flush();
    }
  };

  const settle = (entry: QueuedDelete, result: DeleteResult, sentMs: number) => {
    if (result.outcome === "gone") {
      options.onGone(entry.event);
      return answered();
    }
    const { error } = result;
    if (error.retryable && entry.attempt < ATTEMPTS && !signal.aborted) {
      options.onRetry(error, sentMs);
      return void retryLater(entry);
    }
    options.onFailed(entry.event, error);
    answered();
  };

  const retryLater = async (entry: QueuedDelete) => {
    await clock.sleep(retryPauseMs(entry.attempt, options.random), { signal });
    enqueue({ event: entry.event, attempt: entry.attempt + 1 });
  };

  const answered = () => {
    unanswered -= 1;
    if (unanswered === 0) onDrained();
  };

  return {
    add(event) {
      unanswered += 1;
      enqueue({ event, attempt: 1 });
    },
    hurry() {
      if (requestsUnderWay === 0) flush();
      else isHurried = true;
    },
    drain() {
      isDraining = true;
      flush();
      return new Promise((resolve) => {
        onDrained = resolve;
        if (unanswered === 0) resolve();
      });
    },
  };
}

/** A request that fails as a whole has failed for each of its keys. */
async function sendSafely(
  { send }: DeleteQueueOptions,
  batch: readonly QueuedDelete[],
): Promise<readonly DeleteResult[]> {
  try {
    return await send(batch.map(({ event }) => event.key));
  } catch (caught) {
    const error = storeErrorOf(caught);
    return batch.map(() => ({ outcome: "failed", error }));
  }
}

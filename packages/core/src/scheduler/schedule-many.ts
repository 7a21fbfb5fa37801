import { answered } from "../callbacks.js";
import { KeywhenError } from "../errors.js";
import { checkOptionNames } from "../input/option-names.js";
import { showValue } from "../input/show-value.js";
import { checkSignal } from "../options/check-options.js";
import type { NewEvent } from "./new-event.js";
import { type ScheduleContext, type ScheduleResult, schedule } from "./schedule.js";

/** What became of one event of a batch; `index` counts from 0 in the order of the input. */
export type BatchResult = (ScheduleResult & { readonly index: number }) | BatchFailure;

/** An event of a batch that is not certainly stored. */
export interface BatchFailure {
  readonly index: number;
  readonly outcome: "failed";
  /** What `schedule()` throws for it: a `ScheduleError` carries the id of an event that may be stored. */
  readonly error: unknown;
}

export interface BatchOptions {
  /** Aborted, the batch reads no further and rejects with `batch-incomplete`. */
  readonly signal?: AbortSignal | undefined;
  /** How many puts are in flight at the same time. @default 32 */
  readonly concurrency?: number | undefined;
  /**
   * Called for each event when it is answered, in no particular order. A promise that it returns is awaited. If it throws
   * or rejects, the batch ends and rejects with that.
   */
  readonly onResult?: ((result: BatchResult) => unknown) | undefined;
}

export interface ScheduleManyResult {
  readonly scheduled: number;
  readonly existed: number;
}

/** Some events of a batch are not certainly stored (`batch-incomplete`). */
export class BatchIncompleteError extends KeywhenError {
  readonly scheduled: number;
  readonly existed: number;
  /** How many are not certainly stored. */
  readonly failed: number;
  /** The first 1,000 of them; `onResult` is called for all. */
  readonly failures: readonly BatchFailure[];

  constructor(
    tally: ScheduleManyResult & { failed: number; failures: readonly BatchFailure[] },
    isAborted = false,
  ) {
    const { scheduled, existed, failed, failures } = tally;
    const [first] = failures;
    const message =
      isAborted || first === undefined
        ? `The batch was aborted after ${scheduled + existed} events were stored; ${failed} more are not certainly stored.`
        : describe(failed, scheduled + existed, first);
    super("batch-incomplete", message, { cause: first?.error });
    this.scheduled = scheduled;
    this.existed = existed;
    this.failed = failed;
    this.failures = failures;
  }
}

const DEFAULT_CONCURRENCY = 32;
const KEPT_FAILURES = 1_000;

/** Puts all events of an iterable, reading it only as fast as the store takes them; tries every one. */
export async function scheduleMany(
  context: ScheduleContext,
  events: Iterable<NewEvent> | AsyncIterable<NewEvent>,
  options: BatchOptions,
): Promise<ScheduleManyResult> {
  const concurrency = checkBatch(events, options);
  const { signal, onResult } = options;
  const tally = { scheduled: 0, existed: 0, failed: 0, failures: [] as BatchFailure[] };
  const count = (result: BatchResult) => {
    if (result.outcome === "failed") {
      tally.failed += 1;
      if (tally.failures.length < KEPT_FAILURES) tally.failures.push(result);
    } else if (result.outcome === "exists") tally.existed += 1;
    else tally.scheduled += 1;
  };
  const batch = { ...context, signal };
  await forEachConcurrently(events, { concurrency, signal }, async (event, index) => {
    const result = await tryToSchedule(batch, event, index);
    count(result);
    await answered(onResult?.(result));
  });
  if (tally.failed > 0 || signal?.aborted) throw new BatchIncompleteError(tally, signal?.aborted);
  return { scheduled: tally.scheduled, existed: tally.existed };
}

/** Checks the options of a batch; returns its concurrency. */
function checkBatch(events: unknown, options: BatchOptions): number {
  checkOptionNames(options, ["signal", "concurrency", "onResult"], "scheduleMany()");
  checkSignal(options.signal);
  const { onResult, concurrency = DEFAULT_CONCURRENCY } = options;
  if (onResult !== undefined && typeof onResult !== "function") {
    throw invalid(`onResult must be a function (got ${showValue(onResult)}).`);
  }
  if (!isIterable(events)) {
    throw invalid(
      `scheduleMany() needs an iterable of events, such as an array (got ${showValue(events)}).`,
    );
  }
  if (Number.isInteger(concurrency) && concurrency >= 1) return concurrency;
  throw invalid(`concurrency must be a whole number from 1 (got ${showValue(concurrency)}).`);
}

function isIterable(events: unknown): boolean {
  if (typeof events !== "object" || events === null) return false;
  return Symbol.iterator in events || Symbol.asyncIterator in events;
}

async function tryToSchedule(
  context: ScheduleContext,
  event: NewEvent,
  index: number,
): Promise<BatchResult> {
  try {
    return { index, ...(await schedule(context, event)) };
  } catch (error) {
    return { index, outcome: "failed", error };
  }
}

/** Workers that share one iterator; the first error of the input or of `work` ends all and is thrown. */
async function forEachConcurrently<T>(
  items: Iterable<T> | AsyncIterable<T>,
  { concurrency, signal }: { concurrency: number; signal: AbortSignal | undefined },
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let index = 0;
  let stopped = false;
  let turn: Promise<unknown> = Promise.resolve();
  const iterator = iterate(items);
  const next = () => {
    const result = turn.then(async () =>
      stopped || signal?.aborted ? ({ done: true } as const) : await iterator.next(),
    );
    turn = result.catch(() => {}); // the worker that asked reports it
    return result;
  };
  const worker = async () => {
    for (let item = await next(); item.done !== true; item = await next()) {
      await work(item.value, index++);
    }
  };
  const workers = Array.from({ length: concurrency }, worker);
  try {
    await Promise.all(workers);
  } finally {
    stopped = true;
    await Promise.allSettled(workers);
    await iterator.return?.(undefined);
  }
}

async function* iterate<T>(items: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T, undefined> {
  yield* items;
  return undefined;
}

function describe(failed: number, stored: number, { index, error }: BatchFailure): string {
  const first = `The first failure is index ${index}: ${String(error)}`;
  return `${failed} of ${failed + stored} events are not certainly stored. ${first} Repeat those; events with a chosen deliveryId can all be repeated.`;
}

function invalid(message: string): KeywhenError {
  return new KeywhenError("invalid-option", message);
}

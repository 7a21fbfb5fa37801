import { answered } from "../callbacks.js";
import { KeywhenError } from "../errors.js";
import { checkValue, isCount } from "../input/check-value.js";
import { checkOptionNames } from "../input/option-names.js";
import { checkSignal } from "../options/check-options.js";
import { withinBudget } from "../requests/async-items.js";
import type { NewEvent } from "./new-event.js";
import { type ScheduleContext, type ScheduleResult, schedule } from "./schedule.js";

/** What became of one event of a batch; `index` counts from 0. @inline */
export type ScheduleManyEvent =
  | (ScheduleResult & { readonly index: number })
  | {
      /** It is not certainly stored. */
      readonly outcome: "failed";
      readonly index: number;
      /** What `schedule()` throws for it: a `ScheduleError` carries the id of an event that may be stored. */
      readonly error: unknown;
    };

/** @inline */
type Failure = Extract<ScheduleManyEvent, { readonly outcome: "failed" }>;

export interface ScheduleManyOptions {
  /** Aborted, the batch reads no further and rejects with `batch-incomplete`. */
  readonly signal?: AbortSignal | undefined;
  /** How many puts are in flight at the same time. @default 32 */
  readonly concurrency?: number | undefined;
  /** Called for each event when it is answered, in no order, and awaited. If it throws or rejects, so does the batch. */
  readonly onResult?: ((result: ScheduleManyEvent) => unknown) | undefined;
}

/** Some events of a batch are not certainly stored (`batch-incomplete`). */
export class BatchIncompleteError extends KeywhenError {
  readonly scheduled: number;
  readonly existed: number;
  /** How many are not certainly stored. */
  readonly failed: number;
  /** The first 1,000 of them; `onResult` is called for all. */
  readonly failures: readonly Failure[];

  constructor({ scheduled, existed, failed, failures }: Tally, isAborted: boolean) {
    const stored = scheduled + existed;
    const [first] = failures;
    super(
      "batch-incomplete",
      isAborted || first === undefined
        ? `The batch was aborted after ${stored} events were stored; ${failed} more are not certainly stored. ${REPEAT}`
        : `${failed} of ${failed + stored} events are not certainly stored. The first failure is index ${first.index}: ${String(first.error)} ${REPEAT}`,
      { cause: first?.error },
    );
    this.scheduled = scheduled;
    this.existed = existed;
    this.failed = failed;
    this.failures = failures;
  }
}

const REPEAT =
  "Repeat the events that are not stored. Events with a chosen deliveryId can all be repeated.";

interface Tally {
  scheduled: number;
  existed: number;
  failed: number;
  readonly failures: Failure[];
}

const DEFAULT_CONCURRENCY = 32;
const KEPT_FAILURES = 1_000;

export async function scheduleMany(
  context: ScheduleContext,
  events: Iterable<NewEvent> | AsyncIterable<NewEvent>,
  options: ScheduleManyOptions,
): Promise<Pick<Tally, "scheduled" | "existed">> {
  const concurrency = checkOptions(events, options);
  const { signal, onResult } = options;
  const tally: Tally = { scheduled: 0, existed: 0, failed: 0, failures: [] };
  const batch = { ...context, signal };
  let read = 0;
  await withinBudget(
    readUntilAborted(events, signal),
    { budget: concurrency, weightOf: () => 1 },
    async (event) => {
      const index = read++;
      if (signal?.aborted) return;
      const result = await schedule(batch, event).then(
        (stored): ScheduleManyEvent => ({ index, ...stored }),
        (error: unknown): ScheduleManyEvent => ({ index, outcome: "failed", error }),
      );
      count(tally, result);
      await answered(onResult?.(result));
    },
  );
  const isAborted = signal?.aborted === true;
  if (tally.failed > 0 || isAborted) throw new BatchIncompleteError(tally, isAborted);
  return { scheduled: tally.scheduled, existed: tally.existed };
}

function count(tally: Tally, result: ScheduleManyEvent): void {
  if (result.outcome === "failed") {
    tally.failed += 1;
    if (tally.failures.length < KEPT_FAILURES) tally.failures.push(result);
  } else if (result.outcome === "exists") tally.existed += 1;
  else tally.scheduled += 1;
}

/** Returns the concurrency. */
function checkOptions(events: unknown, options: ScheduleManyOptions): number {
  checkOptionNames(options, ["signal", "concurrency", "onResult"], "scheduleMany()");
  checkSignal(options.signal);
  const { onResult, concurrency = DEFAULT_CONCURRENCY } = options;
  const isCallback = onResult === undefined || typeof onResult === "function";
  checkValue(isCallback, onResult, "onResult must be a function");
  checkValue(isIterable(events), events, "The events must be an iterable, such as an array");
  checkValue(isCount(concurrency), concurrency, "concurrency must be a whole number of at least 1");
  return concurrency;
}

function isIterable(events: unknown): boolean {
  if (typeof events !== "object" || events === null) return false;
  return Symbol.iterator in events || Symbol.asyncIterator in events;
}

async function* readUntilAborted<T>(
  items: Iterable<T> | AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void> {
  if (signal?.aborted) return;
  for await (const item of items) {
    yield item;
    if (signal?.aborted) return;
  }
}

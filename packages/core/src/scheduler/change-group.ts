import { answered } from "../callbacks.js";
import { checkValue, isCount } from "../input/check-value.js";
import { checkOptionNames } from "../input/option-names.js";
import { type GivenEvent, parseGivenId } from "../key/event-id.js";
import { withinBudget } from "../requests/async-items.js";
import type { Partition } from "../shards/partitions.js";
import { type When, whenMs } from "../time/moment.js";
import { type CancelResult, cancel } from "./cancel.js";
import { type EventQuery, type ParsedQuery, parseQuery } from "./event-query.js";
import {
  checkFindOptions,
  FIND_OPTIONS,
  type FindContext,
  type FindOptions,
  findEvents,
} from "./find-events.js";
import {
  addFailure,
  type GroupFailure,
  GroupIncompleteError,
  type GroupOutcome,
} from "./group-incomplete-error.js";
import { TIME_OPTIONS } from "./new-event.js";
import { checkIsOpen, type RescheduleResult, reschedule } from "./reschedule.js";
import type { ChangeContext, ScheduledEvent } from "./stored-event.js";

/** @inline */
interface GroupOptions<Result> extends FindOptions {
  /** How many events are changed at the same time. @default 32 */
  readonly concurrency?: number | undefined;
  /**
   * Called with the outcome of each event when it is known, in no order, and awaited; `failed`: with what the call for this one
   * event throws. If it throws or rejects, so does the whole call.
   */
  readonly onResult?:
    | ((result: (Result & { readonly event: ScheduledEvent }) | GroupFailure) => unknown)
    | undefined;
}

/** @inline */
export interface CancelGroupOptions extends GroupOptions<CancelResult> {
  /** Also cancels events that have closed, as with one event. Then they are canceled one after another. @default false */
  readonly overdue?: boolean | undefined;
}

/** An event that is due at the new instant already is not one of the group. @inline */
type MoveResult = Exclude<RescheduleResult, { readonly outcome: "unchanged" }>;

/** @inline */
export type RescheduleGroupOptions = GroupOptions<MoveResult>;

/** How many events had each outcome. @inline */
type Totals<Result extends { readonly outcome: string }> = Readonly<
  Record<Result["outcome"], number>
>;

/** @inline */
export type CancelTotals = Totals<CancelResult>;
/** @inline */
export type RescheduleTotals = Totals<MoveResult>;

const GROUP_OPTIONS = [...FIND_OPTIONS, "concurrency", "onResult"];
const DEFAULT_CONCURRENCY = 32;
const UNCOUNTED = { "not-found": 0, "too-late": 0, undecided: 0 };

/** Cancels each event that a query finds. */
export function cancelGroup(
  context: FindContext<Partition>,
  query: EventQuery,
  options: CancelGroupOptions,
): Promise<CancelTotals> {
  checkOptionNames(options, [...GROUP_OPTIONS, "overdue"], "cancel()");
  const { overdue } = options;
  // Each takes the lease: of two at the same time, one would find it taken.
  const given = overdue ? { ...options, concurrency: 1 } : options;
  const totals = { ...UNCOUNTED, cancelled: 0 };
  return changeEach(context, parseQuery(query), given, totals, (one, event) =>
    cancel(one, event, { overdue }),
  );
}

/**
 * Moves each event that a query finds to one instant. Leaves out those that are due then: the search would find those that it has
 * moved again. So the same call with `at` goes on where an earlier one stopped.
 */
export function rescheduleGroup(
  context: FindContext<Partition>,
  query: EventQuery,
  when: When,
  options: RescheduleGroupOptions,
): Promise<RescheduleTotals> {
  checkOptionNames(options, GROUP_OPTIONS, "reschedule()");
  const parsed = parseQuery(query);
  const atMs = whenMs(when, context.clock);
  checkOptionNames(when, TIME_OPTIONS, "reschedule() of a group");
  checkIsOpen(context, atMs);
  const isElsewhere = (event: ScheduledEvent) => event.at.getTime() !== atMs;
  const moving = {
    ...parsed,
    matches: (event: ScheduledEvent) => isElsewhere(event) && parsed.matches(event),
  };
  const totals = { ...UNCOUNTED, rescheduled: 0 };
  const at = new Date(atMs);
  return changeEach(
    context,
    moving,
    options,
    totals,
    (one, event) => reschedule(one, event, { at }) as Promise<MoveResult>,
  );
}

/**
 * Changes each event in the partition where it was found, so that one that waits in two partitions is changed and counted twice.
 * Tries all. Rejects with `batch-incomplete` if any failed, or if the search ended early.
 */
async function changeEach<Result extends { readonly outcome: string }>(
  call: FindContext<Partition>,
  query: ParsedQuery,
  options: GroupOptions<Result>,
  totals: Record<Result["outcome"], number>,
  change: (context: ChangeContext, event: GivenEvent) => Promise<Result>,
): Promise<Totals<Result>> {
  const { concurrency, signal } = checkGroupOptions(options);
  const context = { ...call, signal };
  const group: GroupOutcome = { totals, failed: 0, failures: [], searchError: undefined };
  const events = findEvents(context, query, options.onProgress);
  const found = untilFailure(events, signal, (error) => {
    group.searchError = { error };
  });
  const budget = { budget: concurrency, weightOf: () => 1 };
  await withinBudget(found, budget, async ({ event, under }) => {
    const only = { ...context, partitions: { of: async () => [under] } };
    const result = await change(only, parseGivenId(call, under.prefix, event.id)).then(
      (changed) => ({ ...changed, event }),
      (error: unknown): GroupFailure => ({ event, outcome: "failed", error }),
    );
    if (isFailure(result)) addFailure(group, result);
    else totals[result.outcome as Result["outcome"]] += 1;
    await answered(options.onResult?.(result));
  });
  if (group.failed > 0 || group.searchError !== undefined) throw new GroupIncompleteError(group);
  return totals;
}

function isFailure(result: { readonly outcome: string }): result is GroupFailure {
  return result.outcome === "failed";
}

function checkGroupOptions(options: GroupOptions<never>) {
  const { concurrency = DEFAULT_CONCURRENCY, onResult } = options;
  const signal = checkFindOptions(options);
  const isCallback = onResult === undefined || typeof onResult === "function";
  checkValue(isCallback, onResult, "onResult must be a function");
  checkValue(isCount(concurrency), concurrency, "concurrency must be a whole number of at least 1");
  return { concurrency, signal };
}

/** Ends instead of throwing, also when a signal aborts, so that what was begun is finished and counted. */
async function* untilFailure<T>(
  items: AsyncIterable<T>,
  signal: AbortSignal | undefined,
  onFailure: (error: unknown) => void,
): AsyncGenerator<T, void> {
  try {
    for await (const item of items) {
      signal?.throwIfAborted();
      yield item;
    }
  } catch (error) {
    onFailure(error);
  }
}

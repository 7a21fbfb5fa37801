import { checkOptionNames } from "../input/option-names.js";
import { parseGivenId } from "../key/event-id.js";
import { type CallOptions, checkSignal, signalOf } from "../options/check-options.js";
import { LOCATION_OPTIONS, resolveSchedule, type ScheduleLocation } from "../options/schedule.js";
import { guardedStore } from "../requests/guarded-store.js";
import { Partitions } from "../shards/partitions.js";
import type { When } from "../time/moment.js";
import { type CancelOptions, type CancelResult, cancel } from "./cancel.js";
import {
  type CancelGroupOptions,
  type CancelTotals,
  cancelGroup,
  type RescheduleGroupOptions,
  type RescheduleTotals,
  rescheduleGroup,
} from "./change-group.js";
import { WriterClock } from "./clock-check.js";
import type { EventQuery } from "./event-query.js";
import { type FindOptions, findGiven } from "./find-events.js";
import { type EventFilter, listEvents } from "./list-events.js";
import type { NewEvent } from "./new-event.js";
import { type EventChange, type RescheduleResult, reschedule } from "./reschedule.js";
import { type ScheduleContext, type ScheduleResult, schedule } from "./schedule.js";
import { type ScheduleManyOptions, scheduleMany } from "./schedule-many.js";
import { type EventDetails, getEvent, openEvent, type ScheduledEvent } from "./stored-event.js";

/** Writes, finds, moves and cancels events. Holds nothing open. */
export interface Scheduler {
  /**
   * Stores an event: one PUT, which needs put rights on `pending/` (and `pending.<hh>/`) alone. With an `at` in the past it is
   * due immediately. Throws a `ScheduleError` or the store's error unless the event is certainly stored. The answer also shows
   * whether this machine's clock is wrong: if that affects the event, the call throws `clock-skew`, and later calls with `in`
   * are refused before anything is sent.
   */
  schedule(event: NewEvent, options?: CallOptions): Promise<ScheduleResult>;

  /**
   * Stores many events, reading the iterable only as fast as the store takes them. Tries all, and rejects with
   * `batch-incomplete` if any is not certainly stored. Repeat the whole batch if every event has a chosen delivery id,
   * otherwise the events that `onResult` named.
   */
  scheduleMany(
    events: Iterable<NewEvent> | AsyncIterable<NewEvent>,
    options?: ScheduleManyOptions,
  ): Promise<{ readonly scheduled: number; readonly existed: number }>;

  /**
   * Waiting events in due order, one page of each shard in memory; go on later with `after: lastId`. A listing has neither
   * payloads nor metadata: `open()` reads an event's payload, `get()` its metadata.
   */
  list(filter?: EventFilter, options?: CallOptions): AsyncIterable<ScheduledEvent>;

  /**
   * Finds waiting events by their delivery id, by how it begins, or by their target, in no order: `list()` has an order. Reads
   * every event in the range of time, 1,000 at each LIST and up to 16 LISTs at the same time; with n shards, a whole delivery id
   * reads only about one n-th of them. An event that is moved during the search can be missed, or given before and after the move.
   */
  find(query: EventQuery, options?: FindOptions): AsyncIterable<ScheduledEvent>;

  /** A waiting event, by one HEAD for each partition where it may be; `undefined` if it doesn't wait. */
  get(id: string, options?: CallOptions): Promise<EventDetails | undefined>;

  /** The body of a waiting event; `undefined` if it doesn't wait. Read it or cancel it. */
  open(id: string, options?: CallOptions): Promise<ReadableStream<Uint8Array> | undefined>;

  /** Cancels a waiting event while it is open, or, with `overdue`, if no sweeper is running; the outcome is certain. */
  cancel(id: string, options?: CancelOptions): Promise<CancelResult>;

  /**
   * Cancels every event that `find()` gives for this query, 32 at a time. Tries all, and rejects with `batch-incomplete` if any
   * fails; otherwise `too-late` and `undecided` are in the totals, and `onResult` is called for each event. An event that is moved
   * or scheduled during the call can be missed. A repeated call goes on with the events that are left.
   */
  cancel(query: EventQuery, options?: CancelGroupOptions): Promise<CancelTotals>;

  /**
   * Moves a waiting event to another instant, at least `guard` ahead, or replaces its content, or both: stores a new event with
   * the old target and delivery id, then deletes the old one. After `rescheduled` the old content is not delivered. Two calls
   * at the same time for different instants can both succeed: two events with one delivery id. For one instant, one event
   * remains, with the content of one of the calls.
   */
  reschedule(id: string, change: EventChange, options?: CallOptions): Promise<RescheduleResult>;

  /**
   * Moves every event that `find()` gives for this query to one instant, as `cancel()` does with a query. Leaves out those that
   * are due at that instant already, so that a repeated call with the same `at` goes on with the events that are left.
   */
  reschedule(
    query: EventQuery,
    when: When,
    options?: RescheduleGroupOptions,
  ): Promise<RescheduleTotals>;
}

/** A scheduler over the events of one schedule; sends nothing by itself. */
export function createScheduler(options: ScheduleLocation): Scheduler {
  checkOptionNames(options, LOCATION_OPTIONS, "createScheduler()");
  const given = resolveSchedule(options);
  const guarded = { ...given, store: guardedStore(given.store, given.clock) };
  const partitions = new Partitions(guarded);
  const writerClock = new WriterClock(guarded);
  const { prefix } = partitions.pending;
  const eventOf = (id: string) => parseGivenId(guarded, prefix, id);
  const shared: ScheduleContext = { ...guarded, partitions, writerClock, signal: undefined };
  const contextOf = (signal: AbortSignal | undefined) =>
    signal === undefined ? shared : { ...shared, signal };
  return {
    schedule: async (event, call) => schedule(contextOf(signalOf(call, "schedule()")), event),
    scheduleMany: async (events, many = {}) => scheduleMany(shared, events, many),
    list: (filter = {}, call) => listEvents(contextOf(signalOf(call, "list()")), prefix, filter),
    find: (query, finding = {}) => findGiven(shared, query, finding),
    get: async (id, call) => getEvent(contextOf(signalOf(call, "get()")), eventOf(id)),
    open: async (id, call) => {
      const context = contextOf(signalOf(call, "open()"));
      return openEvent({ ...context, store: given.store }, eventOf(id));
    },
    cancel: cancelGiven,
    reschedule: rescheduleGiven,
  };

  function cancelGiven(id: string, options?: CancelOptions): Promise<CancelResult>;
  function cancelGiven(query: EventQuery, options?: CancelGroupOptions): Promise<CancelTotals>;
  async function cancelGiven(given: string | EventQuery, options = {}): Promise<unknown> {
    if (isQuery(given)) return cancelGroup(shared, given, options);
    const call: CancelOptions = options;
    checkOptionNames(call, ["signal", "overdue"], "cancel()");
    return cancel(contextOf(checkSignal(call.signal)), eventOf(given), call);
  }

  function rescheduleGiven(
    id: string,
    change: EventChange,
    options?: CallOptions,
  ): Promise<RescheduleResult>;
  function rescheduleGiven(
    query: EventQuery,
    when: When,
    options?: RescheduleGroupOptions,
  ): Promise<RescheduleTotals>;
  async function rescheduleGiven(
    given: string | EventQuery,
    change: EventChange,
    options?: RescheduleGroupOptions,
  ): Promise<unknown> {
    if (isQuery(given)) return rescheduleGroup(shared, given, change as When, options ?? {});
    const context = contextOf(signalOf(options, "reschedule()"));
    return reschedule(context, eventOf(given), change);
  }
}

/** An event was given in place of its id if it has one, and then the call must not mean every event of its target. */
function isQuery(given: string | EventQuery): given is EventQuery {
  return typeof given === "object" && given !== null && !("id" in given);
}

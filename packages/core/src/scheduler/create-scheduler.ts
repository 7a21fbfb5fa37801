import { checkOptionNames } from "../input/check-option-names.js";
import { createLayoutReader } from "../layout/layout-reader.js";
import { type Call, checkSignal, signalOf } from "../options/check-call.js";
import { HOME_OPTIONS, type Home, resolveHome } from "../options/home.js";
import { limitedStore } from "../requests/limited-store.js";
import { type CancelOptions, cancel } from "./cancel.js";
import type { CancelResult } from "./cancel-result.js";
import { getEvent } from "./event-details.js";
import type { EventFilter } from "./event-filter.js";
import { idOfGiven } from "./event-id.js";
import { placesOfId } from "./find-event.js";
import { listAll } from "./list-all.js";
import type { NewEvent } from "./new-event.js";
import { openEvent } from "./open-event.js";
import { type RescheduleResult, reschedule } from "./reschedule.js";
import { type Scheduled, schedule } from "./schedule.js";
import { type BatchOptions, type BatchTally, scheduleMany } from "./schedule-many.js";
import type { EventDetails, ScheduledEvent } from "./scheduled-event.js";
import { checkWhenAlone, type When } from "./when.js";
import { createWriterClock } from "./writer-clock.js";

/** Writes, finds, moves and cancels events. Holds nothing open. */
export interface Scheduler {
  /**
   * Stores an event: one PUT, which needs put rights on `pending/` (and `pending.<hh>/`) alone. An `at` in the past is
   * allowed: the event is due immediately. Resolves only if the event is certainly stored; otherwise throws a
   * `ScheduleError` or the store's error. The PUT's answer also shows whether this machine's clock is wrong: if that
   * affects the event, `clock-skew` is thrown, and later calls with `in` are refused before anything is sent.
   */
  schedule(event: NewEvent, call?: Call): Promise<Scheduled>;

  /**
   * Stores many events, reading the iterable only as fast as the store takes them. Tries all of them and
   * rejects with `batch-incomplete` if any is not certainly stored; safe to repeat as a whole if every
   * event has a chosen delivery id, else repeat those that `onResult` named.
   */
  scheduleMany(
    events: Iterable<NewEvent> | AsyncIterable<NewEvent>,
    options?: BatchOptions,
  ): Promise<BatchTally>;

  /**
   * Waiting events in due order, one page of each shard in memory; go on later with `after: lastId`. They are read from the
   * store's listing, which has neither payloads nor metadata: `open()` reads the payload of one event, `get()` its metadata.
   */
  list(filter?: EventFilter, call?: Call): AsyncIterable<ScheduledEvent>;

  /** One waiting event, by one HEAD for each place where it may be; `undefined` if it doesn't wait. */
  get(id: string, call?: Call): Promise<EventDetails | undefined>;

  /** The body of a waiting event; `undefined` if it doesn't wait. Read it or cancel it. */
  open(id: string, call?: Call): Promise<ReadableStream<Uint8Array> | undefined>;

  /** Takes a waiting event back while it is open, or, with `overdue`, if nobody sweeps; the outcome is the truth. */
  cancel(id: string, options?: CancelOptions): Promise<CancelResult>;

  /**
   * Moves a waiting event to another instant, at least `guard` ahead: a new event with the old body,
   * metadata and delivery id, then the old one goes. Two calls at once for different instants can both stand: two
   * events with one delivery id.
   */
  reschedule(id: string, when: When, call?: Call): Promise<RescheduleResult>;
}

/** A scheduler over the events of one home; sends nothing by itself. */
export function createScheduler(options: Home): Scheduler {
  checkOptionNames(options, HOME_OPTIONS, "createScheduler()");
  const home = resolveHome(options);
  const limited = { ...home, store: limitedStore(home.store, home.clock) };
  const layout = createLayoutReader(limited);
  const state = { layout, writerClock: createWriterClock(limited) };
  const idOf = (given: string) => idOfGiven(home, given);
  return {
    schedule: async (event, call) => schedule(limited, state, event, signalOf(call, "schedule()")),
    scheduleMany: async (events, batch = {}) => scheduleMany(limited, state, events, batch),
    list: (filter = {}, call) => listAll(limited, layout, filter, signalOf(call, "list()")),
    get: async (id, call) => getEvent(limited, layout, idOf(id), signalOf(call, "get()")),
    async open(given, call) {
      const id = idOf(given);
      const signal = signalOf(call, "open()");
      const places = await placesOfId(limited, layout, id, signal);
      const unlimited = places.map((place) => ({ ...place, store: home.store }));
      return openEvent(unlimited, id, signal);
    },
    cancel: async (id, cancelling = {}) => {
      checkOptionNames(cancelling, ["signal", "overdue"], "cancel()");
      checkSignal(cancelling.signal);
      return cancel(limited, layout, idOf(id), cancelling);
    },
    reschedule: async (id, when, call) => {
      checkWhenAlone(when, "reschedule");
      return reschedule(limited, layout, idOf(id), when, signalOf(call, "reschedule()"));
    },
  };
}

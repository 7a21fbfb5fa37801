import { KeywhenError } from "../errors.js";
import { checkValue } from "../input/check-value.js";
import { checkOptionNames } from "../input/option-names.js";
import { codecV1 } from "../key/codec-v1.js";
import type { EventId } from "../key/key-codec.js";
import { canLease } from "../lease/lease-object.js";
import { type CallOptions, checkSignal, signalOf } from "../options/check-options.js";
import { LOCATION_OPTIONS, resolveSchedule, type ScheduleLocation } from "../options/schedule.js";
import { guardedStore } from "../requests/guarded-store.js";
import { wrapStore } from "../requests/wrap-store.js";
import type { CancelResult } from "../scheduler/cancel.js";
import { ClockCheck, WriterClock } from "../scheduler/clock-check.js";
import type { EventDetails } from "../scheduler/stored-event.js";
import { Partitions } from "../shards/partitions.js";
import { cancelNamed } from "./cancel-named.js";
import { getNamed } from "./get-named.js";
import type { NameCall } from "./held-name.js";
import { searchEvents } from "./known-events.js";
import { checkName, deliveryIdOf, isOfName } from "./named-object.js";
import type { NewNamedEvent } from "./new-named-event.js";
import { type PutNamedResult, putNamed } from "./put-named.js";
import { type RemoveEndedResult, removeEnded } from "./remove-ended.js";

/** @inline */
export interface NamedCallOptions extends CallOptions {
  /**
   * Also looks for events of the name through the whole schedule, in case the object of the name was lost: one LIST for each
   * 1,000 waiting events.
   *
   * @default false
   */
  readonly search?: boolean | undefined;
}

/** Events by names of your own: at most one waits under each. Holds nothing open. */
export interface NamedEvents {
  /**
   * Schedules the event of a name, or replaces the one that waits. Callers of one name take turns: the last call that ends has
   * its event waiting. Throws a `ScheduleError` unless it is certain that this event, and no other open one of the name, is
   * stored: put it again. The first put of a name costs a GET and three PUTs; a replacement adds a HEAD and a DELETE.
   */
  put(name: string, event: NewNamedEvent, call?: NamedCallOptions): Promise<PutNamedResult>;

  /** The event that waits under a name: a GET and a HEAD. `undefined` if none does. */
  get(name: string, call?: NamedCallOptions): Promise<EventDetails | undefined>;

  /** Cancels the event of a name while it is open, as `scheduler.cancel()`: a GET, a HEAD, two PUTs and a DELETE. */
  cancel(name: string, call?: NamedCallOptions): Promise<CancelResult>;

  /**
   * Deletes what is left of names whose event was delivered or cancelled more than a day ago: a small object each. Call it now
   * and then if names are not used again. One LIST for each 1,000 names, a GET for each that was not used for a day, and for
   * each that is removed a HEAD, a PUT and a DELETE.
   */
  removeEnded(call?: CallOptions): Promise<RemoveEndedResult>;
}

/**
 * Opens the named events of a location. Sends nothing by itself. Any sweeper delivers them. Throws `not-supported` for a store
 * without conditional puts or without a clock, and for another key format.
 */
export function createNamedEvents(location: ScheduleLocation): NamedEvents {
  checkOptionNames(location, LOCATION_OPTIONS, "createNamedEvents()");
  const given = resolveSchedule(location);
  checkCanName(given);
  const store = guardedStore(given.store, given.clock);
  const guarded = { ...given, store };
  const partitions = new Partitions(guarded);
  const writerClock = new WriterClock(guarded);
  const callFor = (signal: AbortSignal | undefined): Omit<NameCall, "name"> => {
    const clockCheck = new ClockCheck({ ...guarded, signal });
    const watched = wrapStore(store, (_, call, send) =>
      send({ ...call, ...clockCheck.call(call) }),
    );
    return { ...guarded, store: watched, partitions, writerClock, clockCheck, signal };
  };
  const nameCall = (name: string, call: NamedCallOptions = {}, of: string): NameCall => {
    checkOptionNames(call, ["signal", "search"], of);
    return { ...callFor(checkSignal(call.signal)), name: checkName(name) };
  };
  return {
    put: async (name, event, call) => {
      const named = nameCall(name, call, "put()");
      return putNamed(named, event, await foundBy(named, call));
    },
    get: async (name, call) => {
      const named = nameCall(name, call, "get()");
      return getNamed(named, await foundBy(named, call));
    },
    cancel: async (name, call) => {
      const named = nameCall(name, call, "cancel()");
      return cancelNamed(named, await foundBy(named, call));
    },
    removeEnded: async (call) => {
      const signal = signalOf(call, "removeEnded()");
      return removeEnded(callFor(signal), (name) => ({ ...callFor(signal), name }));
    },
  };
}

async function foundBy(
  call: NameCall,
  { search = false }: NamedCallOptions = {},
): Promise<readonly EventId[]> {
  checkValue(typeof search === "boolean", search, "search must be true or false");
  if (!search) return [];
  const found = await searchEvents(call, { deliveryIdPrefix: deliveryIdOf(call.name, "") });
  return found.flatMap(({ id, deliveryId }) => (isOfName(deliveryId, call.name) ? [id] : []));
}

function checkCanName({ codec, store }: ReturnType<typeof resolveSchedule>): void {
  if (codec !== codecV1) {
    throw new KeywhenError(
      "not-supported",
      `Named events need keywhen's own key format (got the codec "${codec.name}"): leave codec out.`,
    );
  }
  if (canLease(store.capabilities)) return;
  throw new KeywhenError(
    "not-supported",
    "Named events need conditional puts and a store that reports its time, and this store does not have both. Keep the schedule in another store, or schedule events without names.",
  );
}

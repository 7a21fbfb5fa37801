import { checkOptionNames } from "../input/option-names.js";
import { type GivenEvent, parseGivenId } from "../key/event-id.js";
import { type CallOptions, signalOf } from "../options/check-options.js";
import { LOCATION_OPTIONS, resolveSchedule, type ScheduleLocation } from "../options/schedule.js";
import { guardedStore } from "../requests/guarded-store.js";
import { type EventFilter, listEvents } from "../scheduler/list-events.js";
import { checkWhenAlone } from "../scheduler/move-event.js";
import {
  deleteEvent,
  detailsOf,
  type EventDetails,
  headObject,
  openEvent,
  type ReadContext,
  type ScheduledEvent,
} from "../scheduler/stored-event.js";
import type { ObjectInfo } from "../store/object-store.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import { parseInstant } from "../time/instant.js";
import type { When } from "../time/moment.js";
import { readDeath } from "./dead-metadata.js";
import { type RedriveResult, redrive } from "./redrive.js";

/** Manages dead letters: each keeps its id, its body and its reason. Holds nothing open. */
export interface DeadLetters {
  /** Dead letters by rising due instants, one page in memory; go on later with `after: lastId`. */
  list(filter?: EventFilter, options?: CallOptions): AsyncIterable<ScheduledEvent>;

  /** One dead letter and its reason, by one HEAD; `undefined` if it does not exist. */
  get(id: string, options?: CallOptions): Promise<DeadLetter | undefined>;

  /** The body of a dead letter; `undefined` if it does not exist. Read it or cancel it. */
  open(id: string, options?: CallOptions): Promise<ReadableStream<Uint8Array> | undefined>;

  /** Schedules it again, now or at another moment, with its body, metadata and delivery id. */
  redrive(id: string, when?: When, options?: CallOptions): Promise<RedriveResult>;

  /** Deletes it for good. */
  purge(id: string, options?: CallOptions): Promise<PurgeResult>;
}

/** An event that was moved to the dead letters, at `writtenAt`. */
export interface DeadLetter extends EventDetails {
  /** By the sweeper's clock; where the store kept no reason, `writtenAt`. */
  readonly diedAt: Date;
  /** A `DeadLetterReason`, or `undefined` if the store refused to keep it. */
  readonly reason: string | undefined;
  /** The error of its last try: a store's error code, and its message as ASCII, perhaps cut. */
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

/** What became of a `purge` call; `undecided`: the store didn't answer. */
export type PurgeResult =
  | { readonly outcome: "purged" | "not-found" }
  | { readonly outcome: "undecided"; readonly error: ObjectStoreError };

/** The dead letters of one schedule; sends nothing by itself. */
export function createDeadLetters(options: ScheduleLocation): DeadLetters {
  checkOptionNames(options, LOCATION_OPTIONS, "createDeadLetters()");
  const home = resolveSchedule(options);
  const store = guardedStore(home.store, home.clock);
  const { deadPrefix } = home;
  const only = async () => [{ prefix: deadPrefix }];
  const partitions = { all: only, of: only };
  const eventOf = (id: string) => parseGivenId(home, deadPrefix, id);
  const contextOf = (call: CallOptions | undefined, of: string): ReadContext => ({
    ...home,
    store,
    partitions,
    signal: signalOf(call, of),
  });
  return {
    list: (filter = {}, call) => listEvents(contextOf(call, "list()"), deadPrefix, filter),
    get: async (id, call) => getDeadLetter(contextOf(call, "get()"), eventOf(id)),
    open: async (id, call) =>
      openEvent({ ...contextOf(call, "open()"), store: home.store }, eventOf(id)),
    redrive: async (id, when, call) => {
      if (when !== undefined) checkWhenAlone(when, "redrive");
      return redrive(contextOf(call, "redrive()"), eventOf(id), when);
    },
    purge: async (id, call) => purge(contextOf(call, "purge()"), eventOf(id)),
  };
}

async function getDeadLetter(
  context: ReadContext,
  event: GivenEvent,
): Promise<DeadLetter | undefined> {
  const info = await headDeadLetter(context, event);
  if (info === undefined) return undefined;
  const { diedAt, reason, code, message } = readDeath(info.metadata);
  const diedAtMs = parseInstant(diedAt ?? "");
  return {
    ...detailsOf(event, info),
    diedAt: diedAtMs === undefined ? info.lastModified : new Date(diedAtMs),
    reason,
    error: code === undefined ? undefined : { code, message: message ?? "" },
  };
}

async function purge(context: ReadContext, event: GivenEvent): Promise<PurgeResult> {
  const info = await headDeadLetter(context, event);
  if (info === undefined) return { outcome: "not-found" };
  const gone = await deleteEvent(context, context.deadPrefix + event.id);
  return gone.outcome === "undecided" ? gone : { outcome: "purged" };
}

function headDeadLetter(context: ReadContext, { id }: GivenEvent): Promise<ObjectInfo | undefined> {
  return headObject(context, { bucket: context.bucket, key: context.deadPrefix + id });
}

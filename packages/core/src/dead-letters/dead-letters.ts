import { invalidOption } from "../errors.js";
import { checkOptionNames } from "../input/option-names.js";
import { type GivenEvent, parseGivenId } from "../key/event-id.js";
import type { EventId } from "../key/key-codec.js";
import { type CallOptions, signalOf } from "../options/check-options.js";
import { LOCATION_OPTIONS, resolveSchedule, type ScheduleLocation } from "../options/schedule.js";
import { guardedStore } from "../requests/guarded-store.js";
import { ClockCheck } from "../scheduler/clock-check.js";
import { CONTENT_OPTIONS } from "../scheduler/event-content.js";
import { type EventFilter, listEvents } from "../scheduler/list-events.js";
import { moveEvent, planMove, type UndecidedMove } from "../scheduler/move-event.js";
import { FIXED_OPTIONS, TIME_OPTIONS } from "../scheduler/new-event.js";
import {
  deleteEvent,
  detailsOf,
  type EventDetails,
  headObject,
  openEvent,
  type ReadContext,
  type ScheduledEvent,
} from "../scheduler/stored-event.js";
import { pendingPartition } from "../shards/partitions.js";
import type { ObjectInfo } from "../store/object-store.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import { type When, whenMs } from "../time/moment.js";
import { readRejection, withoutRejection } from "./dead-letter-metadata.js";

/** Manages dead letters: each keeps its id, its body and its reason. Holds nothing open. */
export interface DeadLetters {
  /** Dead letters by rising due instants, one page in memory; go on later with `after: lastId`. */
  list(filter?: EventFilter, options?: CallOptions): AsyncIterable<ScheduledEvent>;

  /** One dead letter and its reason, by one HEAD; `undefined` if it does not exist. */
  get(id: string, options?: CallOptions): Promise<DeadLetter | undefined>;

  /** The body of a dead letter; `undefined` if it does not exist. Read it or cancel it. */
  open(id: string, options?: CallOptions): Promise<ReadableStream<Uint8Array> | undefined>;

  /**
   * Schedules it again, now or at another moment, with its body, metadata and delivery id. If it has an `expiresAfter`, that time
   * counts from the new instant.
   */
  redrive(id: string, when?: When, options?: CallOptions): Promise<RedriveResult>;

  /** Deletes it for good. */
  purge(id: string, options?: CallOptions): Promise<PurgeResult>;
}

/** An event that was moved to the dead letters, at `writtenAt`. */
export interface DeadLetter extends EventDetails {
  /** By the sweeper's clock; where the store kept no reason, `writtenAt`. */
  readonly diedAt: Date;
  /** `max-age`, `rejected`, `target-not-allowed`, `target-invalid` or `expired`; `undefined` if the store refused to keep it. */
  readonly reason: string | undefined;
  /** The error of its last try: a store's error code, and its message as ASCII, perhaps cut. */
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

/**
 * What became of a `redrive` call.
 *
 * - `redriven`: the event waits as `id`; the dead letter has gone.
 * - `not-found`: there is no such dead letter.
 * - `undecided`: it broke off in between: both may exist, with one delivery id. The same call with the same moment finishes it.
 */
export type RedriveResult =
  | { readonly outcome: "redriven"; readonly id: EventId; readonly at: Date }
  | { readonly outcome: "not-found" }
  | UndecidedMove;

/** What became of a `purge` call; `undecided`: the store didn't answer. */
export type PurgeResult =
  | { readonly outcome: "purged" | "not-found" }
  | { readonly outcome: "undecided"; readonly error: ObjectStoreError };

/** The dead letters of one schedule; sends nothing by itself. */
export function createDeadLetters(options: ScheduleLocation): DeadLetters {
  checkOptionNames(options, LOCATION_OPTIONS, "createDeadLetters()");
  const given = resolveSchedule(options);
  const { deadPrefix } = given;
  const only = async () => [{ prefix: deadPrefix }];
  const partitions = { all: only, of: only };
  const guarded = { ...given, store: guardedStore(given.store, given.clock), partitions };
  const eventOf = (id: string) => parseGivenId(given, deadPrefix, id);
  const contextOf = (call: CallOptions | undefined, of: string): ReadContext => {
    return { ...guarded, signal: signalOf(call, of) };
  };
  return {
    list: (filter = {}, call) => listEvents(contextOf(call, "list()"), deadPrefix, filter),
    get: async (id, call) => getDeadLetter(contextOf(call, "get()"), eventOf(id)),
    open: async (id, call) =>
      openEvent({ ...contextOf(call, "open()"), store: given.store }, eventOf(id)),
    redrive: async (id, when, call) => {
      if (when !== undefined) checkWhenAlone(when);
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
  const { atMs, reason, error } = readRejection(info.metadata);
  const diedAt = atMs === undefined ? info.lastModified : new Date(atMs);
  return { ...detailsOf(event, info), diedAt, reason, error };
}

/** Throws `invalid-option` for anything other than a time, which would be ignored. */
function checkWhenAlone(when: When): void {
  if (typeof when !== "object" || when === null) return; // whenMs() refuses it
  const content = [...FIXED_OPTIONS, ...CONTENT_OPTIONS].find((name) => name in when);
  if (content !== undefined) {
    throw invalidOption(
      `redrive() can't change ${content}, only the time: schedule a new event, then purge the dead letter.`,
    );
  }
  checkOptionNames(when, TIME_OPTIONS, "redrive()");
}

/** Throws `clock-skew`, and changes nothing, if the moment is relative (now, or `in`) and this machine's clock is wrong. */
async function redrive(
  context: ReadContext,
  event: GivenEvent,
  when: When | undefined,
): Promise<RedriveResult> {
  const newAtMs = when === undefined ? context.clock.now() : whenMs(when, context.clock);
  const prefixes = { from: context.deadPrefix, to: pendingPartition(context).prefix };
  const move = await planMove(context, event, newAtMs, prefixes);
  const isRelative = when === undefined || when.in !== undefined;
  const info = isRelative
    ? await new ClockCheck(context).head(move.source.key)
    : await headDeadLetter(context, event);
  if (info === undefined) return { outcome: "not-found" };
  const old = { metadata: withoutRejection(info.metadata), size: info.size };
  const moved = await moveEvent(context, move, old);
  return moved.outcome === "moved" ? { ...moved, outcome: "redriven" } : moved;
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

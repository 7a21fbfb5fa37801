import { invalidOption, KeywhenError } from "../errors.js";
import { checkOptionNames } from "../input/option-names.js";
import { asEventId } from "../key/codec-v1.js";
import { randomDeliveryId } from "../key/delivery-id.js";
import { dueMs } from "../key/delivery-time.js";
import type { EventKey } from "../key/key-codec.js";
import type { RandomSource } from "../machine.js";
import { CONTENT_OPTIONS } from "../scheduler/event-content.js";
import { FIXED_OPTIONS, type NewEvent, planEvent, TIME_OPTIONS } from "../scheduler/new-event.js";
import { type EventIdentity, planKey } from "../scheduler/plan-key.js";
import type { PutOptions } from "../store/object-store.js";
import { type Duration, durationMs } from "../time/duration.js";
import { whenMs } from "../time/moment.js";
import type { KnownName, NameCall } from "./held-name.js";
import { deliveryIdOf } from "./named-object.js";

/** The event that waits under a name: as any event, but with bytes, text or JSON as its body, and without a chosen delivery id. */
export type NewNamedEvent = NewEvent & {
  readonly deliveryId?: undefined;
  /**
   * The event is due at most this long after the first put of its generation, however often it is put again: the limit of a
   * debounce. A generation ends when the event has been delivered or cancelled.
   *
   * @default no limit
   */
  readonly maxWait?: Duration | undefined;
};

/** What a call puts, checked completely. Nothing of it changes while the call waits for its turn. */
export interface GivenEvent {
  /** With an instant that was calculated when the call began. */
  readonly event: NewEvent & { readonly at: Date };
  readonly body: Uint8Array;
  /** When the call began. */
  readonly nowMs: number;
  readonly maxWaitMs: number | undefined;
}

const OPTIONS = [...TIME_OPTIONS, ...FIXED_OPTIONS, ...CONTENT_OPTIONS, "maxWait"];
const ANY_GENERATION = "000000000000";

/** Checks all of an event; throws as `schedule()` does. */
export function checkGiven(call: NameCall, given: NewNamedEvent): GivenEvent {
  checkOptionNames(given, OPTIONS, "An event");
  const nowMs = call.clock.now();
  const { maxWait, in: _, deliveryId: chosen, ...rest } = given;
  if (chosen !== undefined) {
    throw invalidOption(
      "put() chooses the delivery id itself, from the name: leave deliveryId out, or use schedule().",
    );
  }
  const at = new Date(whenMs(given, call.clock));
  const deliveryId = deliveryIdOf(call.name, ANY_GENERATION);
  const { body, put, identity } = planEvent(call, { ...rest, at, deliveryId } as NewEvent);
  if (!(body instanceof Uint8Array)) {
    throw invalidOption(
      "The body of a named event can't be a stream: give bytes, or schedule() the event without a name.",
    );
  }
  planKey(call.partitions.pending.prefix, identity, call.store.capabilities.limits);
  const { json: __, ...content } = rest;
  const { contentType } = put;
  const metadata = { ...given.metadata };
  const to = identity.to;
  const event = { ...content, to, at, body, contentType, metadata } as GivenEvent["event"];
  const maxWaitMs = maxWait === undefined ? undefined : durationMs(maxWait);
  return { event, body, nowMs, maxWaitMs };
}

/** An event whose key is decided, ready to be put. */
export interface PlannedPut {
  readonly identity: EventIdentity;
  readonly key: string;
  readonly put: PutOptions;
  /** When the first put of its generation was made. */
  readonly sinceMs: number;
}

/**
 * Decides the key of the new event. It keeps the delivery id of the event that it replaces, so that a consumer recognizes both
 * if the call breaks off between its two writes, but only if none of that delivery id can close before the lock ends: a consumer
 * that has handled one of them must not drop the new event. Its key differs from that of every known event.
 */
export async function planPut(
  call: NameCall,
  { event, nowMs, maxWaitMs }: GivenEvent,
  { state, events }: KnownName,
  lockMs: number,
): Promise<PlannedPut> {
  const current = events.find((known) => known.event.id === state.current);
  const waits = current?.info !== undefined && !current.closing.isOver();
  const endsMs = call.clock.now() + lockMs;
  const keeps = waits && events.every(({ closing }) => closing.atMs > endsMs);
  const sinceMs = (waits ? state.sinceMs : undefined) ?? nowMs;
  const generation = randomDeliveryId(call.random);
  const deliveryId = keeps ? current.event.deliveryId : deliveryIdOf(call.name, generation);
  const wantedMs = dueMs(event.at.getTime(), deliveryId, event);
  const latestMs = maxWaitMs === undefined ? wantedMs : Math.max(nowMs, sinceMs + maxWaitMs);
  const at = new Date(Math.min(wantedMs, latestMs));
  const planned = planEvent(call, { ...event, window: undefined, at, deliveryId });
  const suffix = keeps ? randomSuffix(call.random) : undefined;
  const identity = { ...planned.identity, id: withSuffix(call, planned.identity, suffix) };
  const { partition } = await call.partitions.forWriting(deliveryId, call.signal);
  const key = planKey(partition.prefix, identity, call.store.capabilities.limits, keeps);
  return { identity, key, put: planned.put, sinceMs };
}

function withSuffix(
  { codec }: NameCall,
  { id }: EventIdentity,
  suffix: string | undefined,
): EventIdentity["id"] {
  return asEventId(codec.encode({ ...(codec.decode(id) as EventKey), suffix }));
}

/** As of a moved event, but random: no earlier key of the name is ever used again, also none that a late request may store. */
function randomSuffix(random: RandomSource): string {
  return Array.from(random(4), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const LOCK_MS = 15_000;
/** The slowest uplink that a body is sent over: 2 Mbit/s. */
const BYTES_PER_MS = 250;
/** Its lock is not longer than half an hour. */
const LARGEST_BODY_BYTES = 400_000_000;

/** How long the lock is needed at most, for a body of this size. */
export function lockMsFor({ length }: Uint8Array): number {
  if (length <= LARGEST_BODY_BYTES) return LOCK_MS + Math.ceil(length / BYTES_PER_MS);
  throw new KeywhenError(
    "invalid-option",
    `The body of a named event must have at most ${LARGEST_BODY_BYTES} bytes (got ${length}): schedule() the event without a name.`,
  );
}

import { asEventId, codecV1 } from "../key/codec-v1.js";
import type { EventId, EventKey, KeyCodec } from "../key/key-codec.js";
import { parseWakeUpId, type WakeUpKey } from "../key/wake-up-id.js";
import { ageOf, type EventAge } from "../lease/history.js";
import type { DeadLetterReason } from "../report/sweep-event.js";
import type { ListedObject, ObjectRef } from "../store/object-store.js";
import type { DeliveryError } from "../targets/destination-error.js";

/** The state of an event in a sweep. `EventStates` changes it; ARCHITECTURE.md shows the transitions. */
export type EventState =
  /** Not in the table yet. */
  | "listed"
  /** Its instant has not come, or there is no room yet. */
  | "upcoming"
  | "ready"
  /** It waits for an older event of its target. */
  | "queued"
  | "copying"
  /** Its destination has it. */
  | "calling"
  /** Expired, or rejected by its destination: moves to the dead letters as soon as a request is free. */
  | "undeliverable"
  | "deleting"
  /** Delivered, but its delete failed. */
  | "undeleted"
  /** Moves to the dead letters when the sweep ends. */
  | "rejected"
  | "dead-lettering"
  /** It has left the schedule, or stays there for a later sweep. */
  | "done";

/** A waiting event on its way through a sweep, with its one state. */
export interface DueEvent extends EventAge {
  readonly id: EventId;
  readonly key: string;
  readonly to: ObjectRef;
  readonly size: number;
  /** Equal for events of the same target, and only for those. */
  readonly target: string;
  /** `undefined` for a key written by hand in three parts. */
  readonly deliveryId: string | undefined;
  /** The last instant at which its delivery may start, in epoch milliseconds; infinite without a limit. */
  readonly expiresAtMs: number;
  /** Only of a wake-up of a recurring schedule, which is completed before it is deleted. */
  readonly wakeUp: WakeUpKey | undefined;
  state: EventState;
  /** The older event of its target has just been delivered, so it starts now, even if its own back-off goes on. */
  isFreed: boolean;
  /** When its copy, or the call of its destination, started (monotonic). */
  startedMs: number;
  deleteAttempts: number;
}

export interface DueEvents {
  readonly events: readonly DueEvent[];
  readonly unrecognized: readonly string[];
}

/** Reads a page of listed objects at `nowMs` of the store's clock. Wake-ups are events among others. */
export function readDueEvents(
  codec: KeyCodec,
  prefix: string,
  objects: readonly ListedObject[],
  nowMs: number,
): DueEvents {
  const events: DueEvent[] = [];
  const unrecognized: string[] = [];
  for (const object of objects) {
    const id = object.key.slice(prefix.length);
    const event = codec.decode(id);
    const wakeUp = event === undefined && codec === codecV1 ? parseWakeUpId(id) : undefined;
    const found = event ?? wakeUp;
    if (found === undefined) unrecognized.push(object.key);
    else events.push(listedEvent(id, found, object, nowMs, wakeUp));
  }
  return { events, unrecognized };
}

function listedEvent(
  id: string,
  { atMs, to, deliveryId, expiresAfterMs = Number.POSITIVE_INFINITY }: EventKey,
  { key, size, lastModified }: ListedObject,
  nowMs: number,
  wakeUp: WakeUpKey | undefined,
): DueEvent {
  const { sinceMs, isUndated } = ageOf(atMs, lastModified, nowMs);
  return {
    id: asEventId(id),
    key,
    atMs,
    sinceMs,
    isUndated,
    to,
    size,
    target: `${to.bucket}\0${to.key}`,
    deliveryId,
    expiresAtMs: atMs + expiresAfterMs,
    wakeUp,
    state: "listed",
    isFreed: false,
    startedMs: 0,
    deleteAttempts: 0,
  };
}

export type Delivery =
  /** `isRemoved`: it has also left the schedule. */
  | { readonly outcome: "delivered"; readonly isRemoved: boolean; readonly latenessMs: number }
  /** An earlier sweep had delivered it. */
  | { readonly outcome: "found" }
  /** A wake-up that is void, or whose occurrence the schedule passes over. It is completed. */
  | { readonly outcome: "passed-over" }
  | { readonly outcome: "gone" }
  /** Too late: it was not delivered in time, as far as its target shows. */
  | { readonly outcome: "expired" }
  /** The clock was set back, so the event is not due any more, or nothing new may start. */
  | { readonly outcome: "untried" }
  /** It failed before and waits for its next try. */
  | { readonly outcome: "backing-off" }
  /** Its destination may take longer than this sweep has left. */
  | { readonly outcome: "postponed" }
  | FailedDelivery;

export interface FailedDelivery {
  readonly outcome: "failed";
  readonly error: DeliveryError;
  /** The target's bucket, or the destination, was asked. */
  readonly wasAsked: boolean;
  /** Its destination was called, so the next try may be a repeat, even if this one certainly failed. */
  readonly wasCalled?: boolean | undefined;
  /** Why it should move to the dead letters; `undefined` if a later try may succeed. */
  readonly deadLetterReason: DeadLetterReason | undefined;
  /** When its next try is due (store time), if that is known. */
  readonly nextTryMs?: number | undefined;
}

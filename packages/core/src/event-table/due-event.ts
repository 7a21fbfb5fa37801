import { asEventId } from "../key/codec-v1.js";
import type { EventId, KeyCodec } from "../key/key-codec.js";
import { ageOf, type EventAge } from "../lease/history.js";
import type { DeadLetterReason } from "../report/sweep-event.js";
import type { ListedObject, ObjectRef } from "../store/object-store.js";
import type { ObjectStoreError } from "../store/object-store-error.js";

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
  state: EventState;
  /** The older event of its target has just been delivered, so it starts now, even if its own back-off goes on. */
  isFreed: boolean;
  /** When its copy started (monotonic). */
  startedMs: number;
  deleteAttempts: number;
}

export interface DueEvents {
  readonly events: readonly DueEvent[];
  readonly unrecognized: readonly string[];
}

/** Reads a page of listed objects at `nowMs` of the store's clock. */
export function readDueEvents(
  codec: KeyCodec,
  prefix: string,
  objects: readonly ListedObject[],
  nowMs: number,
): DueEvents {
  const events: DueEvent[] = [];
  const unrecognized: string[] = [];
  for (const { key, size, lastModified } of objects) {
    const id = key.slice(prefix.length);
    const decoded = codec.decode(id);
    if (decoded === undefined) {
      unrecognized.push(key);
      continue;
    }
    const { atMs, to, deliveryId } = decoded;
    const { sinceMs, isUndated } = ageOf(atMs, lastModified, nowMs);
    events.push({
      id: asEventId(id),
      key,
      atMs,
      sinceMs,
      isUndated,
      to,
      size,
      target: `${to.bucket}\0${to.key}`,
      deliveryId,
      state: "listed",
      isFreed: false,
      startedMs: 0,
      deleteAttempts: 0,
    });
  }
  return { events, unrecognized };
}

export type Delivery =
  /** `isRemoved`: it has also left the schedule. */
  | { readonly outcome: "delivered"; readonly isRemoved: boolean; readonly latenessMs: number }
  /** An earlier sweep had delivered it. */
  | { readonly outcome: "found" }
  | { readonly outcome: "gone" }
  /** The clock was set back, so the event is not due any more, or nothing new may start. */
  | { readonly outcome: "untried" }
  /** It failed before and waits for its next try. */
  | { readonly outcome: "backing-off" }
  | FailedDelivery;

export interface FailedDelivery {
  readonly outcome: "failed";
  readonly error: ObjectStoreError;
  /** The target's bucket was asked. */
  readonly wasAsked: boolean;
  /** Why it should move to the dead letters; `undefined` if a later try may succeed. */
  readonly deadLetterReason: DeadLetterReason | undefined;
}

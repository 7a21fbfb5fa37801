import type { EventKey } from "../key/key-codec.js";
import { isCopyOf } from "../options/metadata.js";
import type { CopyResult, ObjectRef, ObjectStore } from "../store/object-store.js";

/** What a copy needs to know of an event. */
interface DeliverableEvent {
  /** Where the event is, in the schedule's bucket. */
  readonly key: string;
  readonly to: ObjectRef;
  readonly size: number;
}

/** What shows that an object is the delivery of an event. */
type DeliveredEvent = Pick<EventKey, "atMs" | "to" | "deliveryId">;

/** How a sweep copies an event to its target, and finds out whether that happened already. */
export interface StoreTarget {
  /** Whether `deliver` can remove this event from the schedule in the same atomic step: one that is still there was never delivered. */
  canMove(event: DeliverableEvent): boolean;
  /**
   * Delivers one event: `copied`, or `source-gone` if it is no longer in the schedule. With `move`, removes it from there in the
   * same step, or throws `not-supported` with nothing changed. Throws `ObjectStoreError`, `undecided` if it may be delivered.
   */
  deliver(
    event: DeliverableEvent,
    call: { readonly move: boolean; readonly signal: AbortSignal },
  ): Promise<CopyResult>;
  /** Was this event delivered? `unknown`: nothing shows it, now or later. Throws `ObjectStoreError` without an answer. */
  find(event: DeliveredEvent, signal: AbortSignal): Promise<"found" | "not-found" | "unknown">;
}

/** Delivers by a copy or move from the schedule's bucket to the event's target, inside one store. */
export function storeTarget(store: ObjectStore, scheduleBucket: string): StoreTarget {
  const { move } = store.capabilities;
  return {
    canMove: ({ to }) =>
      move === "any-bucket" || (move === "same-bucket" && to.bucket === scheduleBucket),
    deliver({ key, to, size }, call) {
      const source = { bucket: scheduleBucket, key };
      const options = { size, signal: call.signal };
      return call.move && store.move !== undefined
        ? store.move(source, to, options)
        : store.copy(source, to, options);
    },
    async find(event, signal) {
      if (event.deliveryId === undefined) return "unknown"; // its copy looks like any other object
      const info = await store.head(event.to, { signal });
      return info !== undefined && isCopyOf(event, info.metadata) ? "found" : "not-found";
    },
  };
}

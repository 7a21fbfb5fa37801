import type { DueEvent } from "../event-table/due-event.js";
import { isCopyOf } from "../options/metadata.js";
import type { ObjectStore } from "../store/object-store.js";

/** Where events are delivered: the only part of a sweep that knows how. */
export interface Destination {
  /**
   * Whether `deliver` can also remove this event from the schedule in the same atomic step: then an event that is still in
   * the schedule was never delivered.
   */
  canMove(event: DueEvent): boolean;
  /**
   * Delivers one event. Resolves with `gone` if it is no longer in the schedule. With `move`, removes it from the schedule
   * atomically, or throws `not-supported` with nothing changed. Throws `ObjectStoreError`, `undecided` if the event may have
   * been delivered.
   */
  deliver(event: DueEvent, call: DeliverCall): Promise<"delivered" | "gone">;
  /**
   * Was this event delivered already? `unknown`: nothing can tell, and no later call will. Throws `ObjectStoreError` if
   * there was no answer.
   */
  find(event: DueEvent, signal: AbortSignal): Promise<"found" | "not-found" | "unknown">;
}

interface DeliverCall {
  readonly move: boolean;
  readonly signal: AbortSignal;
}

/** Delivers by a copy or move from the schedule's bucket to the event's target, inside one store. */
export function storeDestination(store: ObjectStore, scheduleBucket: string): Destination {
  const { move } = store.capabilities;
  return {
    canMove: ({ to }) =>
      move === "any-bucket" || (move === "same-bucket" && to.bucket === scheduleBucket),
    async deliver({ key, to, size }, call) {
      const source = { bucket: scheduleBucket, key };
      const options = { size, signal: call.signal };
      const { outcome } =
        call.move && store.move !== undefined
          ? await store.move(source, to, options)
          : await store.copy(source, to, options);
      return outcome === "copied" ? "delivered" : "gone";
    },
    async find(event, signal) {
      if (event.deliveryId === undefined) return "unknown"; // nothing tells its copy from another object
      const info = await store.head(event.to, { signal });
      return info !== undefined && isCopyOf(event, info.metadata) ? "found" : "not-found";
    },
  };
}

import type { DeadLetterReason } from "../report/sweep-event.js";
import type { ObjectStoreError } from "../store/object-store-error.js";

/** What became of one event's way to its target. */
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
  readonly isAnswer: boolean;
  /** Why it should move to the dead letters; `undefined` if a later try may succeed. */
  readonly deadLetterReason: DeadLetterReason | undefined;
}

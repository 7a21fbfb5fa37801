import type { Delivery } from "./delivery.js";
import type {
  Counts,
  DemoState,
  RequestCounts,
  Spending,
  SweeperState,
  SweepSummary,
} from "./state.js";
import type { WaitingEvent } from "./waiting-event.js";

/**
 * What `GET /api/live` sends: server-sent events without a name, whose data is one of these as JSON. All of
 * them may come again for the same event, so they are to be applied like "put" and "delete", never counted.
 */
export type LiveEvent =
  /** Comes first on every connection, unless it is resumed by `Last-Event-ID`. */
  | { readonly type: "state"; readonly state: DemoState }
  /** What happened in between can't be told any more: load the lists again. A `state` follows. */
  | { readonly type: "reset" }
  /** It waits, whoever scheduled it: put it in. */
  | { readonly type: "scheduled"; readonly event: WaitingEvent }
  | { readonly type: "cancelled"; readonly id: string }
  /** `id` has become `event`. */
  | { readonly type: "rescheduled"; readonly id: string; readonly event: WaitingEvent }
  | { readonly type: "delivered"; readonly delivery: Delivery }
  /** A try failed; a later sweep tries again. */
  | { readonly type: "failed"; readonly id: string; readonly error: LiveError }
  /** It may not be delivered, and stays where it is: see `circuitOpen` of the sweep. */
  | { readonly type: "refused"; readonly id: string; readonly error: LiveError }
  /** It has moved to the dead letters. */
  | {
      readonly type: "dead";
      readonly id: string;
      readonly reason: string;
      readonly error?: LiveError;
    }
  /** A dead letter waits again. */
  | { readonly type: "redriven"; readonly id: string; readonly event: WaitingEvent }
  /** A dead letter was deleted. */
  | { readonly type: "purged"; readonly id: string }
  /** It doesn't wait any more: cancelled or moved by somebody else, or delivered and consumed. */
  | { readonly type: "gone"; readonly id: string }
  | { readonly type: "swept"; readonly report: SweepSummary }
  | { readonly type: "sweeper"; readonly sweeper: SweeperState }
  | { readonly type: "counts"; readonly counts: Counts }
  /** At most once a second. */
  | { readonly type: "requests"; readonly requests: RequestCounts; readonly spending?: Spending };

export interface LiveError {
  readonly code: string;
  readonly message: string;
}

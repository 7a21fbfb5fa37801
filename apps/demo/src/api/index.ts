export type { ApiErrorBody } from "./api-error.js";
export type { DeadLetterDetails } from "./dead-letter.js";
export {
  type DeliveredObject,
  type Delivery,
  type DeliveryPage,
  KEPT_DELIVERIES,
} from "./delivery.js";
export type { LiveError, LiveEvent } from "./live-event.js";
export type {
  CancelOutcome,
  PurgeOutcome,
  RedriveOutcome,
  RescheduleOutcome,
  ScheduleOutcome,
  WhenRequest,
} from "./outcomes.js";
export {
  type Counts,
  type DemoState,
  LARGEST_BODY_BYTES,
  type LeaseHolder,
  type RequestCounts,
  type Spending,
  type SweeperState,
  type SweepSummary,
  WATCHED_EVENTS,
} from "./state.js";
export {
  type EventPage,
  LARGEST_PAGE,
  type WaitingEvent,
  type WaitingEventDetails,
} from "./waiting-event.js";

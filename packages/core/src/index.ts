export {
  createDeadLetters,
  type DeadLetter,
  type DeadLetters,
  type PurgeResult,
  type RedriveResult,
} from "./dead-letters/dead-letters.js";
export {
  type CodedError,
  type ErrorCode,
  hasCode,
  KeywhenError,
  type KeywhenErrorCode,
} from "./errors.js";
export { codecV1 } from "./key/codec-v1.js";
export { eventId, parseEventId } from "./key/event-id.js";
export type { EventId, EventKey, KeyCodec } from "./key/key-codec.js";
export { type ActiveSweeper, activeSweepers } from "./lease/active-sweepers.js";
export { type Clock, type RandomSource, systemClock } from "./machine.js";
export type { CallOptions } from "./options/check-options.js";
export { isDeliveryOf } from "./options/metadata.js";
export type { ScheduleLocation } from "./options/schedule.js";
export {
  type DeadLetterReason,
  logTo,
  type Observer,
  type SweepEvent,
} from "./report/sweep-event.js";
export type {
  HeldReport,
  LatenessMs,
  LeaseUse,
  ShardsReport,
  SweepError,
  SweepReport,
  SweptReport,
  TruncatedReason,
} from "./report/sweep-report.js";
export type { Requests } from "./requests/wrap-store.js";
export type { CancelOptions, CancelResult } from "./scheduler/cancel.js";
export { createScheduler, type Scheduler } from "./scheduler/create-scheduler.js";
export type { EventFilter } from "./scheduler/list-events.js";
export type { NewEvent } from "./scheduler/new-event.js";
export { type PendingKeyOptions, pendingKey } from "./scheduler/plan-key.js";
export type { RescheduleResult } from "./scheduler/reschedule.js";
export type { ScheduleResult } from "./scheduler/schedule.js";
export { type EventIdentity, ScheduleError } from "./scheduler/schedule-error.js";
export {
  BatchIncompleteError,
  type ScheduleManyEvent,
  type ScheduleManyOptions,
  type ScheduleManyResult,
} from "./scheduler/schedule-many.js";
export type { EventDetails, ScheduledEvent } from "./scheduler/stored-event.js";
export {
  createShards,
  type DropShardsResult,
  type SetShardsResult,
  type ShardNumbers,
  type Shards,
} from "./shards/create-shards.js";
export {
  createSweeper,
  type StartOptions,
  type Sweeper,
  type SweeperOptions,
  type SweepOptions,
} from "./sweep/create-sweeper.js";
export type { SweepShard } from "./sweep/sweep.js";
export type { Sweeping, SweepingTrouble } from "./sweep/sweeping.js";
export { compileAllowTargets, type TargetCheck } from "./targets/allow-targets.js";
export { type Duration, durationMs, parseDuration } from "./time/duration.js";
export type { Moment, When } from "./time/moment.js";

/**
 * What an application writes down itself. The store contract is `@keywhen/core/store`, what tests need is
 * `@keywhen/core/testing`.
 *
 * @packageDocumentation
 */
export {
  createDeadLetters,
  type DeadLetter,
  type DeadLetters,
  type PurgeResult,
  type RedriveResult,
} from "./dead-letters/dead-letters.js";
export { type ErrorCode, hasCode, KeywhenError } from "./errors.js";
export { eventId, parseEventId } from "./key/event-id.js";
export type { EventId } from "./key/key-codec.js";
export type { ScheduleLocation } from "./options/schedule.js";
export { logTo, type Observer, type SweepEvent } from "./report/sweep-event.js";
export type { SweepReport } from "./report/sweep-report.js";
export type { CancelResult } from "./scheduler/cancel.js";
export { createScheduler, type Scheduler } from "./scheduler/create-scheduler.js";
export type { EventQuery } from "./scheduler/event-query.js";
export { GroupIncompleteError } from "./scheduler/group-incomplete-error.js";
export type { EventFilter } from "./scheduler/list-events.js";
export type { NewEvent } from "./scheduler/new-event.js";
export { pendingKey } from "./scheduler/plan-key.js";
export type { RescheduleResult } from "./scheduler/reschedule.js";
export type { ScheduleResult } from "./scheduler/schedule.js";
export { ScheduleError } from "./scheduler/schedule-error.js";
export { BatchIncompleteError, type ScheduleManyOptions } from "./scheduler/schedule-many.js";
export type { EventDetails, ScheduledEvent } from "./scheduler/stored-event.js";
export { createShards, type Shards } from "./shards/create-shards.js";
export {
  createSweeper,
  type Sweeper,
  type SweeperOptions,
  type SweepOptions,
} from "./sweep/create-sweeper.js";
export type { Sweeping } from "./sweep/sweeping.js";
export { type Duration, parseDuration } from "./time/duration.js";
export type { Moment, When } from "./time/moment.js";

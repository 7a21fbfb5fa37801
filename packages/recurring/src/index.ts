/**
 * Recurring schedules: cron in a time zone, or a fixed interval, kept as objects in the schedule's own bucket.
 *
 * @packageDocumentation
 */
export { type PreviewOptions, preview } from "./preview.js";
export type { CronRule, EveryRule, Occurrence, Rule } from "./rule/rule.js";
export {
  createSchedules,
  type DeleteScheduleResult,
  type PauseResult,
  type PutScheduleResult,
  type ResumeResult,
  type Schedules,
  type SkipResult,
} from "./schedules/create-schedules.js";
export {
  type ExaminedSchedule,
  examineSchedules,
  type RepairResult,
  repairSchedule,
  type ScheduleProblem,
} from "./schedules/examine-schedules.js";
export type { NewSchedule } from "./schedules/new-schedule.js";
export type { ScheduledOccurrence, ScheduleInfo } from "./schedules/schedule-info.js";
export type { TriggerResult } from "./schedules/trigger-schedule.js";
export { upcomingOccurrences } from "./schedules/upcoming-occurrences.js";
export { recurringWakeUps } from "./wake-up/recurring-wake-ups.js";

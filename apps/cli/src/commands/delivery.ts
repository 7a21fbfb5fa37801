// The work of the verbs under "Recurring" and "Delivery", of reading the journal, of names, of searches and of reschedule, loaded only for them. It is one module, because esbuild would split the code that
// several modules share with other verbs into more files, and each file takes time to load.

export { changeGroup } from "../events/change-group.js";
export { findEvents } from "../events/find-events.js";
export { rescheduleEvent } from "../events/reschedule-event.js";
export { printLog } from "../journal/print-log.js";
export { showDelivered } from "../journal/show-delivered.js";
export { cancelNamed, findNamed } from "../names/named-event.js";
export { putEvent } from "../names/put-event.js";
export {
  deleteSchedule,
  pauseSchedule,
  resumeSchedule,
  skipOccurrence,
  triggerSchedule,
} from "../recurring/change-schedule.js";
export { previewRule } from "../recurring/preview-rule.js";
export { putSchedule } from "../recurring/put-schedule.js";
export { listSchedules, showSchedule } from "../recurring/show-schedules.js";
export { runUntilStopped } from "../sweeping/run-until-stopped.js";
export { sweepOnce } from "../sweeping/sweep-once.js";
export { examine } from "./examine.js";
export { dropShards, setShards, showShards } from "./shard-verbs.js";

import type { Activity } from "../../activity.js";
import { FORBIDDEN_BUCKET } from "../../plan.js";
import { type ScheduleRecord, validWakeUp } from "../../schedule-ledger.js";
import type { Invariant } from "../watcher.js";
import { TOLERANCE_MS } from "./by-rule.js";

const PROMISE =
  "A sweep goes on with the next occurrence of a schedule if that is due already: an outage is caught up by one sweep.";

export const goesOn: Invariant = ({ schedules, violated }) => {
  const troubled = new Set<Activity>();
  const startedMs = new Map<Activity, number>(); // by its own clock
  return {
    sent({ activity, sentBySenderMs }) {
      if (!startedMs.has(activity)) startedMs.set(activity, sentBySenderMs);
    },
    answered({ activity, answer }) {
      if (answer?.isError !== false) troubled.add(activity);
    },
    ended(activity) {
      const { process, report } = activity;
      const isWhole = report?.outcome === "swept" && report.truncated === false;
      const isSet = activity.sweeper?.clock.jumps.length !== 0; // a clock that is set back says that it is too early
      const isHealthy = process.isAlive && process.frozenUntilMs === undefined && !isSet;
      if (!isWhole || !isHealthy || activity.faults > 0 || troubled.has(activity)) return;
      for (const record of schedules.records.values()) {
        const dueMs = leftDueMs(record, activity);
        if (dueMs === undefined || dueMs > (startedMs.get(activity) ?? 0) - TOLERANCE_MS) continue;
        const { nominal } = record.definition?.next ?? {};
        violated(PROMISE, record.name, `${activity.name} went on to ${nominal} and left it`);
      }
    },
  };
};

/** When the occurrence is due that a sweep has gone on to, and that nothing has happened to since. */
function leftDueMs(record: ScheduleRecord, activity: Activity): number | undefined {
  const valid = validWakeUp(record);
  if (valid === undefined || valid === "missing") return undefined;
  const isOwn = record.writes.at(-1)?.request.activity === activity;
  return isOwn && valid.to.bucket !== FORBIDDEN_BUCKET ? valid.dueMs : undefined;
}

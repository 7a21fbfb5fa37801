import { FORBIDDEN_BUCKET } from "../../plan.js";
import { type ScheduleRecord, validWakeUp } from "../../schedule-ledger.js";
import type { Invariant } from "../watcher.js";

const PROMISE =
  "A schedule never ends silently: once the faults are over, each active one has the wake-up that its definition names, and goes on.";

export const schedulesComeToRest: Invariant = ({ plan, schedules, violated }) => ({
  atEnd() {
    const healedMs = plan.startMs + plan.chaosMs;
    for (const record of schedules.records.values()) {
      if (!isAtRest(record, healedMs)) violated(PROMISE, record.name, whyNot(record));
    }
  },
});

/** Its valid wake-up is stored, and is of a time after the faults. */
export function isAtRest(record: ScheduleRecord, healedMs: number): boolean {
  const valid = validWakeUp(record);
  if (valid === undefined) return true;
  // What is outside `allowTargets` may wait for an allowed event, also if it only leads to the valid one.
  const left = [...record.waiting.values()];
  if (left.length > 0 && left.every(({ to }) => to.bucket === FORBIDDEN_BUCKET)) return true;
  return valid !== "missing" && valid.dueMs > healedMs;
}

function whyNot(record: ScheduleRecord): string {
  const { nominal } = record.definition?.next ?? {};
  return validWakeUp(record) === "missing"
    ? `no wake-up waits for ${nominal}`
    : `it still waits for ${nominal}`;
}

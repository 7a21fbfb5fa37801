import type { ScheduleRecord } from "../../schedule-ledger.js";
import { DEFINITIONS } from "../../schedule-ledger.js";
import type { Invariant } from "../watcher.js";

const PROMISE =
  "A schedule never ends silently: at each instant, a wake-up of each active one waits, so that a crash of anyone ends nothing.";
const KEPT = "The definition of a schedule is never removed.";

export const alwaysArmed: Invariant = ({ schedules, violated }) => ({
  executed({ activity }, changes) {
    for (const { ref, change } of changes) {
      if (change === "removed" && ref.key.startsWith(DEFINITIONS)) {
        violated(KEPT, ref.key.slice(DEFINITIONS.length), `${activity.name} removed it`);
      }
    }
    for (const record of schedules.changed) {
      if (!isArmed(record)) violated(PROMISE, record.name, `none waits after ${activity.name}`);
    }
  },
});

function isArmed({ definition, waiting }: ScheduleRecord): boolean {
  return definition?.state !== "active" || waiting.size > 0;
}

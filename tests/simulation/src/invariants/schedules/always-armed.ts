import type { ScheduleRecord } from "../../schedule-ledger.js";
import { DEFINITIONS } from "../../schedule-ledger.js";
import type { Invariant } from "../watcher.js";

const PROMISE =
  "A schedule never ends silently: at each instant, a wake-up of each active one waits, so that a crash of anyone ends nothing.";
const KEPT = "The definition of a schedule is never removed.";

export const alwaysArmed: Invariant = ({ schedules, violated }) => {
  const removedByHand = new Set<string>();
  return {
    executed({ activity }, changes) {
      for (const { ref, change } of changes) {
        if (activity.kind === "remove-wake-ups") removedByHand.add(ref.key);
        else if (change === "written") removedByHand.delete(ref.key);
      }
      for (const record of schedules.changed) {
        if (isArmed(record) || isRemoved(record, removedByHand)) continue;
        violated(PROMISE, record.name, `none waits after ${activity.name}`);
      }
    },
  };
};

export const definitionsStay: Invariant = ({ violated }) => ({
  executed({ activity }, changes) {
    for (const { ref, change } of changes) {
      if (change !== "removed" || !ref.key.startsWith(DEFINITIONS)) continue;
      violated(KEPT, ref.key.slice(DEFINITIONS.length), `${activity.name} removed it`);
    }
  },
});

function isArmed({ definition, waiting }: ScheduleRecord): boolean {
  return definition?.state !== "active" || waiting.size > 0;
}

function isRemoved({ definition }: ScheduleRecord, removed: ReadonlySet<string>): boolean {
  const { token } = definition?.next ?? {};
  return [...removed].some((key) => key.endsWith(`~${token}`));
}

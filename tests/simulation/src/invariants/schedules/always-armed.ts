import type { ScheduleRecord } from "../../schedule-ledger.js";
import { DEFINITIONS, validWakeUp } from "../../schedule-ledger.js";
import type { Invariant } from "../watcher.js";

const PROMISE =
  "A schedule never ends silently: at each instant, a wake-up of each active one waits, so that a crash of anyone ends nothing.";
const KEPT = "The definition of a schedule is never removed.";

export const alwaysArmed: Invariant = ({ schedules, violated }) => {
  const removedByHand = new Set<string>(); // until a repair, a writer or a sweeper has stored the valid one
  return {
    executed({ activity }) {
      for (const record of schedules.changed) {
        const { name } = record;
        if (validWakeUp(record) !== "missing") removedByHand.delete(name);
        else if (activity.kind === "remove-wake-ups") removedByHand.add(name);
        if (isArmed(record) || removedByHand.has(name)) continue;
        violated(PROMISE, name, `none waits after ${activity.name}`);
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

import type { Activity } from "../../activity.js";
import type { StoreRequest } from "../../store/store-request.js";
import { hasOutcome, type Invariant } from "../watcher.js";

const PROMISE =
  "Few requests: a sweep takes up a wake-up once, however many void ones lead it there.";

export const takenUpOnce: Invariant = ({ schedules, violated }) => {
  const removals = new Map<Activity, Map<string, number>>();
  const writes = new Map<string, number>();
  return {
    executed(_, changes) {
      for (const { ref, change } of changes) {
        const isStored = change === "written" && schedules.wakeUp(ref.key) !== undefined;
        if (isStored) writes.set(ref.key, (writes.get(ref.key) ?? 0) + 1);
      }
    },
    answered(request) {
      const { activity } = request;
      const ofActivity = removals.get(activity) ?? new Map<string, number>();
      removals.set(activity, ofActivity);
      for (const key of goneKeys(request)) {
        const times = (ofActivity.get(key) ?? 0) + 1;
        ofActivity.set(key, times);
        // It may be on a page as well, and another sweeper may have stored it again.
        const most = Math.max(1, writes.get(key) ?? 0) + (activity.listed.has(key) ? 1 : 0);
        const wakeUp = times > most ? schedules.wakeUp(key) : undefined;
        if (wakeUp === undefined) continue;
        violated(PROMISE, wakeUp.name, `${activity.name} removed ${wakeUp.nominal} ${times} times`);
      }
    },
  };
};

/** What a sweep has removed. */
function goneKeys({ activity, kind, keys, answer }: StoreRequest): readonly string[] {
  if (activity.kind !== "sweep" || kind !== "delete") return [];
  if (answer === undefined || answer.isError || !Array.isArray(answer.value)) return [];
  const results: readonly unknown[] = answer.value;
  return keys.filter((_, index) => hasOutcome(results[index], "gone"));
}

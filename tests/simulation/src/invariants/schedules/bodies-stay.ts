import { SCHEDULE_BUCKET } from "../../schedule-keys.js";
import type { Invariant } from "../watcher.js";

const PROMISE =
  "The body of an active schedule is never removed, so that each of its wake-ups can be stored.";

export const bodiesStay: Invariant = ({ schedules, objects, violated }) => ({
  executed({ activity }, changes) {
    if (changes.length === 0) return;
    for (const { name, definition } of schedules.records.values()) {
      const { state, bodyKey } = definition ?? {};
      if (state !== "active" || bodyKey === undefined) continue;
      const body = objects.get({ bucket: SCHEDULE_BUCKET, key: bodyKey });
      if (body === undefined) violated(PROMISE, name, `${bodyKey} is gone after ${activity.name}`);
    }
  },
});

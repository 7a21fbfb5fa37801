import type { Activity } from "../../activity.js";
import type { Invariant } from "../watcher.js";

const PROMISE =
  "A wake-up that failed is tried once a minute at most by a sweep, however often that lists.";

/** Copies closer together than this are one try: the first was sent again. */
const ONE_TRY_MS = 45_000;
/** Of one try. */
const MOST_COPIES = 7;

export const triesBackOff: Invariant = ({ schedules, violated, now }) => {
  const sentMs = new Map<Activity, Map<string, number[]>>();
  return {
    sent(request) {
      const { activity } = request;
      const wakeUp = schedules.deliveredBy(request);
      if (wakeUp === undefined || activity.isStanding) return;
      const ofActivity = sentMs.get(activity) ?? new Map<string, number[]>();
      sentMs.set(activity, ofActivity);
      const copies = (ofActivity.get(wakeUp.key) ?? []).filter((atMs) => atMs > now() - ONE_TRY_MS);
      ofActivity.set(wakeUp.key, [...copies, now()]);
      if (copies.length < MOST_COPIES) return;
      violated(PROMISE, wakeUp.name, `${activity.name} copies ${wakeUp.nominal} more often`);
    },
  };
};

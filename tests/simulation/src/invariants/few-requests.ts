import type { Activity } from "../activity.js";
import type { Invariant, View } from "./watcher.js";

const PROMISE =
  "The cost follows what is due: an idle sweep is one LIST a shard and one GET of the shard map, a look-ahead host sends one a poll, a call a bounded number of requests.";

/** A sweep that delivers has a handful besides, for the lease. */
const MOST_BESIDES = 31;
const MOST_PER_EVENT = 8;
/** A request that failed is sent again, the lease read and written again. */
const MOST_PER_FAULT = 4;
/** What a healthy scheduler's call needs at most. */
const MOST_OF_A_CALL = 25;
/** In each of the places where an event may be; overdue ones are cancelled under a lease. */
const MOST_IN_A_PLACE = 12;
/** To take, renew and release the lease, in each minute with two sweeps. */
const LEASE_REQUESTS_A_MINUTE = 16;
/** Of a daemon's sweeps two overlap for so much of the time. */
const OVERLAP = 1.25;
/** A sweep that waits for the lease reads it this often. */
const LOOKS_EVERY_MS = 5_000;

/** The GET, the COPY, two PUTs and the DELETE of an occurrence, and looks at its target. */
const MOST_PER_OCCURRENCE = 12;

export const fewRequests: Invariant = (view) => {
  const wakeUps = new Map<Activity, Set<string>>(); // the next ones of a schedule are on no page
  return {
    executed({ activity, kind, keys }) {
      if (activity.kind !== "sweep" || kind !== "delete") return;
      const known = wakeUps.get(activity) ?? new Set();
      wakeUps.set(activity, known);
      for (const key of keys) if (view.schedules.wakeUp(key) !== undefined) known.add(key);
    },
    ended(activity) {
      const occurrences = wakeUps.get(activity)?.size ?? 0;
      const most = mostRequests(view, activity) + MOST_PER_OCCURRENCE * occurrences;
      if (activity.requests <= most) return;
      const { name, requests, key } = activity;
      view.violated(PROMISE, key, `${name} sent ${requests} requests where ${most} are enough`);
    },
  };
};

function mostRequests(view: View, activity: Activity): number {
  const { kind, report, faults, listed, sweeper } = activity;
  const again = MOST_PER_FAULT * faults;
  const places = placesIn(view);
  if (kind !== "sweep") {
    const most = MOST_OF_A_CALL + MOST_IN_A_PLACE * view.plan.shardMap.length + again;
    return activity.named === undefined ? most : most + looksAtLock(activity);
  }
  const most = MOST_BESIDES * places + MOST_PER_EVENT * listed.size + again;
  if (sweeper?.pollSeconds !== undefined) {
    return most + places * mostAhead(view, activity, sweeper.pollSeconds * 1_000);
  }
  const isIdle = report?.outcome === "swept" && report.due === 0 && listed.size === 0;
  const waits = sweeper?.whenHeld === "wait" ? 2 * places * looksIn(activity) : 0;
  return isIdle && faults === 0 && report.truncated === false ? 1 + places : most + waits;
}

/** `pending/`, and the shards of the largest number. */
function placesIn({ plan }: View): number {
  return 1 + Math.max(0, ...plan.shardMap.map(({ shards }) => shards));
}

/** A LIST a poll, of as many pages as there may be, and a GET by a sweep above another's range. */
function mostAhead({ objects }: View, activity: Activity, pollMs: number): number {
  const { startedMs, endedMs = startedMs, listed } = activity;
  const lifeMs = endedMs - startedMs;
  const pages = 1 + Math.ceil(listed.size / objects.pageObjects);
  const polls = Math.ceil((OVERLAP * lifeMs) / pollMs) * (pages + 1);
  return polls + looksIn(activity) + Math.ceil((lifeMs / 60_000) * LEASE_REQUESTS_A_MINUTE);
}

/** A caller of a name waits for others. */
function looksAtLock({ startedMs, endedMs = startedMs }: Activity): number {
  return Math.ceil((endedMs - startedMs) / 250);
}

function looksIn({ startedMs, endedMs = startedMs }: Activity): number {
  return Math.ceil((endedMs - startedMs) / LOOKS_EVERY_MS);
}

import type { Activity } from "../activity.js";
import type { Invariant } from "./watcher.js";

const PROMISE =
  "The cost follows what is due: an idle sweep is one LIST, a call sends a bounded number of requests.";

/** A sweep that delivers has a handful besides, for the lease. */
const MOST_BESIDES = 30;
const MOST_PER_EVENT = 8;
/** A request that failed is sent again, the lease read and written again. */
const MOST_PER_FAULT = 4;
/** What a healthy scheduler's call needs at most. */
const MOST_OF_A_CALL = 24;

export const fewRequests: Invariant = ({ violated }) => ({
  ended(activity) {
    const most = mostRequests(activity);
    if (activity.requests <= most) return;
    const { name, requests, key } = activity;
    violated(PROMISE, key, `${name} sent ${requests} requests where ${most} are enough`);
  },
});

function mostRequests({ kind, report, faults, listed }: Activity): number {
  const again = MOST_PER_FAULT * faults;
  if (kind !== "sweep") return MOST_OF_A_CALL + again;
  const isIdle = report?.outcome === "swept" && report.due === 0 && listed.size === 0;
  if (isIdle && faults === 0 && report.truncated === false) return 1;
  return MOST_BESIDES + MOST_PER_EVENT * listed.size + again;
}

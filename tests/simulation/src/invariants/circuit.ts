import type { Activity } from "../activity.js";
import { DEAD, type EventRecord } from "../ledger.js";
import { FORBIDDEN_BUCKET, SCHEDULE_BUCKET, shardOfKey } from "../plan.js";
import type { Invariant, View } from "./watcher.js";

const PROMISE =
  "Events outside allowTargets become dead letters only in a sweep that found an allowed one due: otherwise the configuration is wrong.";

/** A host's clock may be so far ahead, and it delivers all the same. */
const CLOCKS_ERROR_MS = 5_000;

export const circuit: Invariant = (view) => ({
  executed({ activity, source, bucket, keys, outcome }) {
    if (outcome !== "copied" || bucket !== SCHEDULE_BUCKET || !keys[0]?.startsWith(DEAD)) return;
    const event = source && view.ledger.record(source.key);
    if (event === undefined || !isForbidden(event) || hasListedAllowed(view, activity, event))
      return;
    view.violated(
      PROMISE,
      event.key,
      `${activity.name} dead-lettered it, and found nothing allowed due`,
    );
  },
});

export function isForbidden({ to }: EventRecord): boolean {
  return to.bucket === FORBIDDEN_BUCKET;
}

function hasListedAllowed({ ledger, now }: View, activity: Activity, event: EventRecord): boolean {
  const shard = shardOfKey(event.key);
  return [...activity.listed.keys()].some((key) => {
    const other = shardOfKey(key) === shard ? ledger.record(key) : undefined;
    return other !== undefined && !isForbidden(other) && other.atMs <= now() + CLOCKS_ERROR_MS;
  });
}

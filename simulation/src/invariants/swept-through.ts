import type { Activity } from "../activity.js";
import type { EventRecord } from "../ledger.js";
import { type LeaseHistory, wroteLease } from "./lease-history.js";
import { type Invariant, sinceMs, type View } from "./watcher.js";

const PROMISE =
  "sweptThrough never passes an event that was due and not tried to a result of its own.";

/** When a sweep moves `sweptThrough` on, whatever still waits below it must have been tried by that sweep. */
export const sweptThrough: Invariant = (view) => {
  const tried = new Map<Activity, Set<string>>();
  return {
    sent({ keys, source, activity }) {
      // A delete without a copy: it was found at its target. A head: it is on its way to the dead letters.
      const about = source === undefined ? keys : [source.key];
      const known = tried.get(activity) ?? new Set();
      tried.set(activity, known);
      for (const key of about) known.add(key);
    },
    executed(request) {
      if (!wroteLease(request)) return;
      const { activity } = request;
      const skipped = skippedEvent(view, view.lease, tried.get(activity) ?? new Set());
      if (skipped === undefined) return;
      view.violated(PROMISE, skipped.key, `${activity.name} has not tried it`);
    },
  };
};

function skippedEvent(
  view: View,
  { now, before }: LeaseHistory,
  tried: ReadonlySet<string>,
): EventRecord | undefined {
  const { sweptThroughMs: untilMs } = now;
  const fromMs = before.sweptThroughMs ?? Number.NEGATIVE_INFINITY;
  if (untilMs === undefined || untilMs <= fromMs) return undefined;
  return [...view.ledger.records.values()].find((event) => {
    const waitsSinceMs = sinceMs(view, event);
    if (waitsSinceMs === undefined || tried.has(event.key)) return false;
    return waitsSinceMs > fromMs && waitsSinceMs <= untilMs;
  });
}

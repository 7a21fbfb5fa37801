import type { Activity } from "../activity.js";
import { DEAD, type EventRecord } from "../ledger.js";
import { FORBIDDEN_BUCKET, REFUSED_KEY_PART, SCHEDULE_BUCKET } from "../plan.js";
import { type Invariant, sinceMs, type View } from "./watcher.js";

const PROMISE =
  "Dead only after a failed try in this sweep, of an event tried before and older than maxAge; at once only what can never work.";

/** A listing's times and a sweeper's reading of the store's clock have whole seconds. */
const CLOCKS_ERROR_MS = 2_500;

export const deadInTime: Invariant = (view) => {
  /** Who tried to deliver an event, by its key. */
  const tried = new Map<string, Set<Activity>>();
  return {
    sent(request) {
      const event = view.ledger.deliveredBy(request);
      if (event === undefined) return;
      const by = tried.get(event.key) ?? new Set();
      tried.set(event.key, by.add(request.activity));
    },
    executed({ activity, source, bucket, keys, outcome }) {
      if (outcome !== "copied" || bucket !== SCHEDULE_BUCKET || !keys[0]?.startsWith(DEAD)) return;
      const event = source && view.ledger.record(source.key);
      if (event === undefined || canNeverWork(event)) return;
      const wrong = whyNot(view, event, activity, tried);
      if (wrong !== undefined)
        view.violated(PROMISE, event.key, `${activity.name} buried it ${wrong}`);
    },
  };
};

function canNeverWork({ to }: EventRecord): boolean {
  return to.bucket === FORBIDDEN_BUCKET || to.key.startsWith(REFUSED_KEY_PART);
}

function whyNot(
  view: View,
  event: EventRecord,
  activity: Activity,
  tried: ReadonlyMap<string, ReadonlySet<Activity>>,
): string | undefined {
  if (!tried.get(event.key)?.has(activity)) return "without having tried it";
  const isShared = view.profile.capabilities.putIfVersion;
  if (isShared && countTries(view, event, tried) < 2) return "after its first try";
  const ageMs = view.now() - (sinceMs(view, event) ?? 0);
  const maxAgeMs = (activity.sweeper?.maxAgeMinutes ?? 0) * 60_000;
  return ageMs < maxAgeMs - CLOCKS_ERROR_MS ? `after ${Math.round(ageMs / 1_000)} s` : undefined;
}

/** The tries of an elder are also those of the younger that are held behind it. */
function countTries(
  { ledger }: View,
  { key, to }: EventRecord,
  tried: ReadonlyMap<string, ReadonlySet<Activity>>,
): number {
  const sets = [...tried].filter(([other]) => {
    const elder = other <= key ? ledger.record(other) : undefined;
    return elder?.to.key === to.key && elder.to.bucket === to.bucket;
  });
  return new Set(sets.flatMap(([, activities]) => [...activities])).size;
}

import type { Activity } from "../activity.js";
import type { EventRecord } from "../ledger.js";
import { FORBIDDEN_BUCKET, REFUSED_KEY_PART } from "../plan.js";
import { destinationOf } from "../plan-destinations.js";
import { isExpired } from "./expires-in-time.js";
import { type Invariant, sinceMs, type View } from "./watcher.js";

const PROMISE =
  "Dead only after a failed try in this sweep, of an event tried before and older than maxAge; immediately only what can never work or has expired.";

/** A listing's times and a sweeper's reading of the store's clock have whole seconds. */
const CLOCKS_ERROR_MS = 2_500;

/** Copies of one sweep closer together than this are one try: the first was sent again. */
const ONE_TRY_MS = 30_000;

/** Who tried to deliver an event and when, by its key. */
type Tries = Map<string, { readonly activity: Activity; readonly atMs: number }[]>;

export const deadInTime: Invariant = (view) => {
  const tried: Tries = new Map();
  const rejected = new Set<string>();
  return {
    answered(request) {
      const event = view.ledger.deliveredBy(request);
      const { answer } = request;
      if (event === undefined || destinationOf(view.plan, event) === undefined) return;
      if (answer?.isError && answer.error.code === "denied") rejected.add(event.key);
    },
    sent(request) {
      const event = view.ledger.deliveredBy(request) ?? view.schedules.deliveredBy(request);
      if (event === undefined) return;
      const tries = tried.get(event.key) ?? [];
      tried.set(event.key, tries);
      const { activity, sentMs } = request;
      const last = tries.findLast((one) => one.activity === activity);
      if (last === undefined || sentMs - last.atMs > ONE_TRY_MS)
        tries.push({ activity, atMs: sentMs });
    },
    executed(request) {
      const event = view.ledger.deadLetteredBy(request);
      const { activity } = request;
      if (event === undefined || canNeverWork(event) || isExpired(view, event)) return;
      if (rejected.has(event.key)) return;
      const wrong = whyNot(view, event, activity, tried);
      if (wrong !== undefined)
        view.violated(PROMISE, event.key, `${activity.name} dead-lettered it ${wrong}`);
    },
  };
};

export function canNeverWork({ to }: EventRecord): boolean {
  return to.bucket === FORBIDDEN_BUCKET || to.key.startsWith(REFUSED_KEY_PART);
}

function whyNot(
  view: View,
  event: EventRecord,
  activity: Activity,
  tried: Tries,
): string | undefined {
  if (!tried.get(event.key)?.some((one) => one.activity === activity))
    return "without having tried it";
  const isShared = view.profile.capabilities.putIfVersion;
  if (isShared && countTries(view, event, tried) < 2) return "after its first try";
  const ageMs = view.now() - (sinceMs(view, event) ?? 0);
  const maxAgeMs = (activity.sweeper?.maxAgeMinutes ?? 0) * 60_000;
  return ageMs < maxAgeMs - CLOCKS_ERROR_MS ? `after ${Math.round(ageMs / 1_000)} s` : undefined;
}

/** A try of an older event counts as a try of each newer event that is blocked behind it. */
function countTries({ ledger, schedules }: View, { key, to }: EventRecord, tried: Tries): number {
  const counts = [...tried].map(([other, tries]) => {
    const older = other <= key ? (ledger.record(other) ?? schedules.wakeUp(other)) : undefined;
    return older?.to.key === to.key && older.to.bucket === to.bucket ? tries.length : 0;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

import type { Activity } from "../activity.js";
import { DEAD, type EventRecord } from "../ledger.js";
import { destinationOf } from "../plan-destinations.js";
import { SCHEDULE_BUCKET } from "../schedule-keys.js";
import type { StoreRequest } from "../store/store-request.js";
import { canNeverWork } from "./dead-in-time.js";
import { isExpired } from "./expires-in-time.js";
import type { Lease } from "./lease-history.js";
import { type Invariant, sinceMs, type View } from "./watcher.js";

const PROMISE =
  "What may have been delivered before is looked for at its target before it is copied again, or expires.";

/**
 * Before each copy of an event that is maybe tried, also to the dead letters as it has expired, there must have been a HEAD of its
 * target, answered by more than "not now", and before one that follows on a copy of this very sweep without an answer, a HEAD since then.
 */
export const looksFirst: Invariant = (view) => {
  const { ledger, profile, violated } = view;
  const looked: Latest = new Map();
  const unanswered: Latest = new Map();
  let answers = 0;
  return {
    answered(request) {
      const { kind, bucket, keys, activity, answer } = request;
      const place = `${bucket}/${keys[0]}`;
      const isTelling = answer?.isError !== true || !answer.error.retryable;
      answers += 1;
      if (kind === "head" && isTelling) latestOf(looked, activity).set(place, answers);
      if (answer?.isError !== true || !answer.error.undecided) return;
      const event = ledger.deliveredBy(request);
      if (event === undefined) return;
      latestOf(unanswered, activity).set(event.key, answers);
    },
    sent(request) {
      const event = ledger.deliveredBy(request) ?? expiredBy(view, request);
      const { activity, kind } = request;
      if (event?.deliveryId === undefined || kind !== "copy" || activity.kind !== "sweep") return;
      if (destinationOf(view.plan, event)?.canFind === false) return;
      const isShared = profile.capabilities.putIfVersion;
      const mustLook =
        !isShared ||
        (!activity.isStanding &&
          isMaybeTried(view, event, view.leases.of(event.key).knownTo(activity))) ||
        latestOf(unanswered, activity).has(event.key);
      const lastLook = latestOf(looked, activity).get(`${event.to.bucket}/${event.to.key}`) ?? 0;
      const lastFailure = latestOf(unanswered, activity).get(event.key) ?? 0;
      if (!mustLook || lastLook > lastFailure) return;
      violated(PROMISE, event.key, `${activity.name} copies it without a look`);
    },
  };
};

/** An event that becomes a dead letter because it has expired. */
function expiredBy(
  view: View,
  { kind, source, bucket, keys: [key = ""] }: StoreRequest,
): EventRecord | undefined {
  if (kind !== "copy" || bucket !== SCHEDULE_BUCKET || !key.startsWith(DEAD)) return undefined;
  const event = source && view.ledger.record(source.key);
  const isOther = event === undefined || canNeverWork(event) || !isExpired(view, event);
  return isOther ? undefined : event;
}

/** Of each sweep: the number of the last answer about a target, or about a copy of an event. */
type Latest = Map<Activity, Map<string, number>>;

function latestOf(all: Latest, activity: Activity): Map<string, number> {
  const known = all.get(activity) ?? new Map();
  all.set(activity, known);
  return known;
}

function isMaybeTried(view: View, event: EventRecord, lease: Lease | undefined): boolean {
  const { uncleanMs = Number.NEGATIVE_INFINITY, sweptThroughMs = Number.NEGATIVE_INFINITY } =
    lease ?? {};
  if (event.atMs <= uncleanMs) return true;
  return (sinceMs(view, event) ?? Number.POSITIVE_INFINITY) <= sweptThroughMs;
}

import type { Activity } from "../activity.js";
import type { EventRecord } from "../ledger.js";
import type { Lease } from "./lease-history.js";
import { type Invariant, sinceMs, type View } from "./watcher.js";

const PROMISE =
  "What may have been delivered before is looked for at its target before it is copied again.";

/** Before each copy of an event that is maybe tried there must have been an answered HEAD of its target. */
export const looksFirst: Invariant = (view) => {
  const { ledger, profile, violated } = view;
  const looked = new Map<Activity, Set<string>>();
  return {
    answered({ kind, bucket, keys, activity }) {
      if (kind !== "head") return;
      const places = looked.get(activity) ?? new Set();
      looked.set(activity, places.add(`${bucket}/${keys[0]}`));
    },
    sent(request) {
      const event = ledger.deliveredBy(request);
      const { activity, kind } = request;
      if (event?.deliveryId === undefined || kind !== "copy" || activity.kind !== "sweep") return;
      const isShared = profile.capabilities.putIfVersion;
      if (isShared && !isMaybeTried(view, event, view.lease.takenBy(activity))) return;
      if (looked.get(activity)?.has(`${event.to.bucket}/${event.to.key}`)) return;
      violated(PROMISE, event.key, `${activity.name} copies it without a look`);
    },
  };
};

function isMaybeTried(view: View, event: EventRecord, lease: Lease | undefined): boolean {
  const { uncleanMs = Number.NEGATIVE_INFINITY, sweptThroughMs = Number.NEGATIVE_INFINITY } =
    lease ?? {};
  if (event.atMs <= uncleanMs) return true;
  return (sinceMs(view, event) ?? Number.POSITIVE_INFINITY) <= sweptThroughMs;
}

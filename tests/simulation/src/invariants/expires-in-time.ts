import type { Activity } from "../activity.js";
import { DEAD, type EventRecord } from "../ledger.js";
import { ALLOWED_SKEW_MS } from "../plan.js";
import { SCHEDULE_BUCKET } from "../schedule-keys.js";
import type { StoreRequest } from "../store/store-request.js";
import type { Invariant, View } from "./watcher.js";

const NEVER_LATE = "Expired: no copy of an event starts after the event has expired.";
const NEVER_EARLY =
  "Expired: only an event that has expired becomes a dead letter for that reason.";

/** The store's Date has whole seconds, and a clock that was set forward is believed for a moment. */
const DATE_ERROR_MS = 1_000;

export const expiresInTime: Invariant = (view) => {
  /** How exactly a sweep knows the store's time. */
  const slowest = new Map<Activity, number>();
  const allowedMs = ({ activity }: StoreRequest) => {
    if (view.profile.capabilities.clock === "shared") return 0;
    return ALLOWED_SKEW_MS + DATE_ERROR_MS + (slowest.get(activity) ?? 0);
  };
  return {
    answered({ activity, executedMs, sentMs, answeredMs }) {
      if (executedMs === undefined || answeredMs === undefined) return;
      slowest.set(activity, Math.max(answeredMs - sentMs, slowest.get(activity) ?? 0));
    },
    sent(request) {
      const event = view.ledger.deliveredBy(request);
      if (event === undefined) return;
      const lateMs = request.sentMs - event.expiresAtMs;
      if (lateMs <= allowedMs(request)) return;
      const { name } = request.activity;
      view.violated(NEVER_LATE, event.key, `${name} copies it ${lateMs} ms after it has expired`);
    },
    executed(request) {
      const event = view.ledger.deadLetteredBy(request);
      if (event === undefined || reasonOf(view, event) !== "expired") return;
      const earlyMs = event.expiresAtMs - request.sentMs;
      if (earlyMs <= allowedMs(request)) return;
      const { name } = request.activity;
      view.violated(NEVER_EARLY, event.key, `${name} dead-letters it ${earlyMs} ms early`);
    },
  };
};

/** Whether it may become a dead letter for that reason, as exactly as a sweep knows. */
export function isExpired({ profile, now }: View, { expiresAtMs }: EventRecord): boolean {
  const isShared = profile.capabilities.clock === "shared";
  return now() >= expiresAtMs - (isShared ? 0 : ALLOWED_SKEW_MS + DATE_ERROR_MS);
}

function reasonOf({ objects }: View, { id }: EventRecord): string | undefined {
  const letter = objects.get({ bucket: SCHEDULE_BUCKET, key: DEAD + id });
  return letter?.metadata["keywhen-dead-reason"];
}

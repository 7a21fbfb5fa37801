import type { Activity } from "../activity.js";
import { ALLOWED_SKEW_MS } from "../plan.js";
import type { StoreRequest } from "../store/store-request.js";
import { dueBy, type Invariant, type View } from "./watcher.js";

const PROMISE =
  "Never early: no copy starts before the due instant by the sweeper's checked clock.";

/** The store's Date has whole seconds, and the middle of the second is used. */
const DATE_ERROR_MS = 500;

export const neverEarly: Invariant = (view) => {
  /** The store reads its Date between request and answer, so the quickest answer is the most exact. */
  const quickest = new Map<Activity, number>();
  return {
    answered({ activity, executedMs, sentMs, answeredMs }) {
      if (executedMs === undefined || answeredMs === undefined) return;
      const tookMs = answeredMs - sentMs;
      quickest.set(activity, Math.min(tookMs, quickest.get(activity) ?? tookMs));
    },
    sent(request) {
      checkOwnClock(view, request);
      checkStoreClock(view, request, quickest.get(request.activity) ?? 0);
    },
  };
};

function checkOwnClock(view: View, request: StoreRequest): void {
  const event = dueBy(view, request);
  if (event === undefined || request.sentBySenderMs >= event.atMs) return;
  const byMs = event.atMs - request.sentBySenderMs;
  view.violated(
    PROMISE,
    event.key,
    `${request.activity.name} copies it ${byMs} ms early by its own clock`,
  );
}

function checkStoreClock(view: View, request: StoreRequest, tookMs: number): void {
  const { profile, violated } = view;
  const event = dueBy(view, request);
  if (event === undefined) return;
  const isShared = profile.capabilities.clock === "shared";
  const allowedMs = isShared ? 0 : ALLOWED_SKEW_MS + DATE_ERROR_MS + tookMs / 2;
  const byMs = event.atMs - request.sentMs;
  if (byMs <= allowedMs) return;
  violated(
    PROMISE,
    event.key,
    `${request.activity.name} copies it ${byMs} ms early by the store's`,
  );
}

import type { Activity } from "../activity.js";
import { isPendingKey, SCHEDULE_BUCKET } from "../schedule-keys.js";
import type { StoreRequest } from "../store/store-request.js";
import type { Invariant, View } from "./watcher.js";

const PROMISE =
  "An event closes before its due instant: nothing about it is sent or tried again later.";

/** keywhen's default, where the clocks of writers, sweepers and store differ. */
const GUARD_MS = 4_000;

/** Looks at every write of a scheduler's call, by the caller's own clock. */
export const closedInTime: Invariant = (view) => {
  const tries = new Map<Activity, number>();
  return {
    sent(request) {
      const { activity, kind } = request;
      if (activity.kind === "sweep" || !isWrite(kind)) return;
      const tried = tries.get(activity) ?? 0;
      tries.set(activity, tried + 1);
      const closesMs = closesAtMs(view, request);
      if (closesMs === undefined || request.sentBySenderMs < closesMs) return;
      const mayTryOnce = activity.kind === "schedule" && !isChosen(view, activity) && tried === 0;
      if (mayTryOnce) return;
      view.violated(
        PROMISE,
        activity.key ?? request.keys[0],
        `${activity.name} sent a ${kind} after that`,
      );
    },
  };
};

function isWrite(kind: StoreRequest["kind"]): boolean {
  return kind === "put" || kind === "copy" || kind === "delete";
}

/** `undefined`: a request that is not about an event that closes. */
function closesAtMs(
  { ledger, profile }: View,
  { activity, kind, bucket, keys }: StoreRequest,
): number | undefined {
  const isOfOld = activity.named !== undefined && kind === "delete";
  if (!(CLOSING.has(activity.kind) || isOfOld) || bucket !== SCHEDULE_BUCKET) return undefined;
  const key = activity.key ?? keys[0] ?? "";
  const record = isPendingKey(key) ? ledger.record(key) : undefined;
  const guardMs = profile.capabilities.clock === "shared" ? 0 : GUARD_MS;
  return record && record.atMs - guardMs;
}

const CLOSING: ReadonlySet<Activity["kind"]> = new Set(["schedule", "cancel", "reschedule"]);

function isChosen({ plan }: View, { name }: Activity): boolean {
  const event = plan.events.find(({ steps }) => steps.some((step) => step.name === name));
  return event?.chosenId !== undefined;
}

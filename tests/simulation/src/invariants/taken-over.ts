import type { Activity } from "../activity.js";
import { isCalm } from "./calm.js";
import type { LeaseHistory } from "./lease-history.js";
import type { Invariant } from "./watcher.js";

const PROMISE =
  "A dead holder's range is taken over by the one above, a few polls after its lease has ended.";

/** Dates have whole seconds, and a listing takes its time. */
const GRACE_MS = 5_000;
const POLLS = 2;

/** Whenever a host that looks ahead lists, who lies dead below it must not have been so for long. */
export const takenOver: Invariant = (view) => {
  if (!isCalm(view) || !view.profile.capabilities.putIfVersion) return {};
  return {
    executed({ kind, activity, keys }) {
      const pollSeconds = activity.sweeper?.pollSeconds;
      if (kind !== "list" || pollSeconds === undefined || hasSlept(activity)) return;
      const dead = deadBelow(
        view.leases.of(keys[0] ?? ""),
        activity,
        view.now() - POLLS * pollSeconds * 1_000 - GRACE_MS,
      );
      if (dead === undefined) return;
      view.violated(PROMISE, undefined, `${activity.name} lists and leaves ${dead} below it`);
    },
  };
};

function hasSlept({ process }: Activity): boolean {
  return process.frozenUntilMs !== undefined;
}

function deadBelow(
  { now, ownersOf }: LeaseHistory,
  activity: Activity,
  sinceMs: number,
): string | undefined {
  const own = ownersOf(activity);
  const index = now.holders.findIndex(({ owner }) => own.has(owner));
  return now.holders.slice(0, Math.max(0, index)).find(({ expiresMs }) => expiresMs < sinceMs)
    ?.owner;
}

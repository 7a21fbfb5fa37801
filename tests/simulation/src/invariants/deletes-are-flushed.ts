import type { Activity } from "../activity.js";
import type { Invariant } from "./watcher.js";

const PROMISE = "What a sweep has copied it deletes, even after it has lost the lease.";

/** So long before a sweep's deadline its deletes are aborted. */
const DELETES_END_MS = 700;

/** A sweep must send a delete for all that it knows to be copied, before its deadline. */
export const deletesAreFlushed: Invariant = ({ ledger, violated, now }) => {
  const owed = new Map<Activity, Set<string>>();
  return {
    answered({ kind, activity, source, answer, outcome }) {
      if (kind !== "copy" || activity.kind !== "sweep" || source === undefined) return;
      if (ledger.record(source.key) === undefined) return; // a wake-up is completed first
      if (answer?.isError !== false || outcome !== "copied") return;
      const keys = owed.get(activity) ?? new Set();
      owed.set(activity, keys.add(source.key));
    },
    sent({ kind, activity, keys }) {
      if (kind === "delete") for (const key of keys) owed.get(activity)?.delete(key);
    },
    ended(activity) {
      const [key] = owed.get(activity) ?? [];
      const { name, report } = activity;
      if (key === undefined || report?.outcome !== "swept") return;
      if (report.truncated === "deadline" || isPastDeadline(activity, now())) return;
      violated(PROMISE, key, `${name} has copied it and sends no delete`);
    },
  };
};

/** One that was frozen past its deadline may have noticed first that it had lost the lease. */
function isPastDeadline({ sweeper, startedMs }: Activity, nowMs: number): boolean {
  return sweeper?.style === "function" && nowMs - startedMs >= sweeper.lifeMs - DELETES_END_MS;
}

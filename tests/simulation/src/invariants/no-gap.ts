import type { Activity } from "../activity.js";
import type { EventRecord } from "../ledger.js";
import { destinationOf } from "../plan-destinations.js";
import type { LeaseHistory } from "./lease-history.js";
import { hasNeighbour, type Invariant, isCalm, targetOf, type View } from "./watcher.js";

const PROMISE =
  "No gap: sweeps that look ahead hand over to each other without a gap between their ranges.";

const TAKEN_OVER =
  "A dead holder's range is taken over by the one above, a few polls after its lease has ended.";

/** Dates have whole seconds, so clocks further apart may read as not allowed. */
const SURELY_ALLOWED_MS = 700;
/** Until a first sweep has its range, and an earlier one has ended. */
const SETTLED_MS = 120_000;
/** For a listing at the very beginning of a range, and a clock that is behind. */
const LATE_MS = 3_000;
const MARGIN_MS = 5_000;
/** So long may the line before it take. */
const OLDER_MS = 5_000;

/** Without faults, looks at the first copy of each event that was written early enough. */
export const noGap: Invariant = (view) => {
  const settledMs = settledAtMs(view);
  if (settledMs === undefined) return {};
  const lastAtTarget = new Map<string, number>();
  const tried = new Set<string>();
  return {
    executed(request) {
      const event = view.ledger.deliveredBy(request);
      if (event !== undefined) lastAtTarget.set(targetOf(event), view.now());
    },
    sent(request) {
      const event = view.ledger.deliveredBy(request);
      if (event === undefined || tried.has(event.key)) return;
      tried.add(event.key);
      const lateMs = view.now() - event.atMs;
      if (event.atMs < settledMs || lateMs <= LATE_MS || !wasEarly(view, event)) return;
      if (destinationOf(view.plan, event) !== undefined) return; // it takes as many as it wants
      if (hasNeighbour(view, event)) return;
      const lastMs = lastAtTarget.get(targetOf(event)) ?? Number.NEGATIVE_INFINITY;
      if (lastMs > event.atMs - OLDER_MS) return;
      view.violated(PROMISE, event.key, `${request.activity.name} copies it ${lateMs} ms late`);
    },
  };
};

/** From when on a host always looks ahead; `undefined` if that is not known. */
function settledAtMs(view: View): number | undefined {
  const { plan, profile } = view;
  const ahead = plan.sweepers.filter(({ pollSeconds }) => pollSeconds !== undefined);
  const [first] = ahead;
  const isSteady = ahead.every(
    ({ clock, incidents }) => incidents.length === 0 && Math.abs(clock.skewMs) <= SURELY_ALLOWED_MS,
  );
  if (first === undefined || !isSteady || !isCalm(view) || !profile.capabilities.putIfVersion)
    return undefined;
  return Math.min(...ahead.map(({ firstWakeMs }) => firstWakeMs)) + SETTLED_MS;
}

function wasEarly({ plan }: View, { atMs, writes }: EventRecord): boolean {
  const pollMs = Math.max(...plan.sweepers.map(({ pollSeconds = 0 }) => pollSeconds)) * 1_000;
  const writtenMs = writes.at(-1)?.executedMs ?? Number.POSITIVE_INFINITY;
  return writtenMs <= atMs - pollMs - MARGIN_MS && atMs < plan.startMs + plan.chaosMs;
}

/** Dates have whole seconds, and a listing takes its time. */
const GRACE_MS = 5_000;
const POLLS = 2;

/** When a host that looks ahead lists, a dead holder below it must not be dead for long. */
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
      view.violated(TAKEN_OVER, undefined, `${activity.name} lists and leaves ${dead} below it`);
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

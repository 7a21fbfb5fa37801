import type { EventRecord } from "../ledger.js";
import { isCalm } from "./calm.js";
import { hasNeighbour, targetOf } from "./same-target.js";
import type { Invariant, View } from "./watcher.js";

const PROMISE =
  "No gap: sweeps that look ahead hand over to each other without leaving an instant to nobody.";

/** Further apart than this two clocks may read as further apart than is allowed, because Dates have whole seconds. */
const SURELY_ALLOWED_MS = 700;
/** Until a first sweep has its range, and whoever swept before has gone. */
const SETTLED_MS = 120_000;
/** For a listing at the very beginning of a range, and a clock that is behind. */
const LATE_MS = 3_000;
const MARGIN_MS = 5_000;
/** So long may the line before it take. */
const ELDERS_MS = 5_000;

/** In a world in which nothing goes wrong, looks at the first copy of each event that was written early enough. */
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
      if (hasNeighbour(view, event)) return;
      const lastMs = lastAtTarget.get(targetOf(event)) ?? Number.NEGATIVE_INFINITY;
      if (lastMs > event.atMs - ELDERS_MS) return;
      view.violated(PROMISE, event.key, `${request.activity.name} copies it ${lateMs} ms late`);
    },
  };
};

/** From when on somebody looks ahead all the time; `undefined` if that can't be told. */
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

import type { EventRecord } from "../ledger.js";
import { MISSING_BUCKET, REFUSED_KEY_PART } from "../plan.js";
import { destinationOf } from "../plan-destinations.js";
import { shardOfKey } from "../schedule-keys.js";
import type { StoreRequest } from "../store/store-request.js";
import { isLease } from "./lease-history.js";
import { hasNeighbour, type Invariant, isCalm, targetOf, type View } from "./watcher.js";

const PROMISE =
  "On time: with a live look-ahead host an event written a poll before it is due is copied at its instant.";

const LATE_MS = 50;
/** Where it may have been delivered before, it is looked for first. */
const HEAD_MS = 130;
/** For a listing of several pages, and clocks that are apart. */
const MARGIN_MS = 3_000;
/** How long the older events of a target may take: a copy and a delete of each. */
const OLDER_MS = 5_000;

const NOBODY_YET: Ownership = { fromMs: Number.NEGATIVE_INFINITY, ranges: [] };

interface Ownership {
  readonly fromMs: number;
  readonly ranges: readonly {
    readonly owner: string;
    readonly startMs: number;
    readonly untilMs: number;
  }[];
}

/** Without faults, looks at the first copy of each event that one live host has owned for a poll. */
export const onTime: Invariant = (view) => {
  if (!isCalm(view) || !view.profile.capabilities.putIfVersion) return {};
  const histories = new Map<string, Ownership[]>();
  const historyOf = (key: string) => {
    const shard = shardOfKey(key);
    const history = histories.get(shard) ?? [NOBODY_YET];
    histories.set(shard, history);
    return history;
  };
  const lastAtTarget = new Map<string, number>();
  const tried = new Set<string>();
  return {
    executed(request) {
      const [key = ""] = request.keys;
      if (isLease(key)) note(view, key, historyOf(key));
      const event = view.ledger.deliveredBy(request);
      if (event !== undefined) lastAtTarget.set(targetOf(event), view.now());
    },
    sent(request) {
      const event = view.ledger.deliveredBy(request);
      const { activity, sentBySenderMs } = request;
      const { sweeper } = activity;
      if (event === undefined || tried.has(event.key)) return;
      tried.add(event.key);
      if (sweeper?.pollSeconds === undefined) return;
      if (destinationOf(view.plan, event) !== undefined) return; // it takes as many as it wants
      if (isBehindReplaced(view, event)) return;
      if (!mustBeOnTime(view, event, request, historyOf(event.key), lastAtTarget)) return;
      // A clock that is corrected while the host waits does not wake it: the wait ends by the old time.
      const byOldClockMs = view.now() + sweeper.clock.skewMs;
      const lateMs = Math.min(sentBySenderMs, byOldClockMs) - event.atMs;
      if (lateMs <= LATE_MS + HEAD_MS) return;
      view.violated(PROMISE, event.key, `${activity.name} copies it ${lateMs} ms late`);
    },
  };
};

/** Of an event that new content has replaced, a store may say that its target's bucket is missing, and not that it has gone. */
function isBehindReplaced({ ledger }: View, { key, atMs, to, deliveryId }: EventRecord): boolean {
  if (to.bucket !== MISSING_BUCKET) return false;
  return [...ledger.records.values()].some(
    (other) => other.key !== key && other.atMs === atMs && other.deliveryId === deliveryId,
  );
}

function note({ leases, now }: View, key: string, history: Ownership[]): void {
  const lease = leases.of(key);
  const ranges = lease.now.holders.map(({ owner, untilMs }, index) => {
    const startMs = lease.now.holders[index - 1]?.untilMs ?? Number.NEGATIVE_INFINITY;
    return { owner, startMs, untilMs };
  });
  const last = history.at(-1)?.ranges;
  if (JSON.stringify(last) !== JSON.stringify(ranges)) history.push({ fromMs: now(), ranges });
}

function mustBeOnTime(
  view: View,
  event: EventRecord,
  { activity }: StoreRequest,
  history: readonly Ownership[],
  lastAtTarget: ReadonlyMap<string, number>,
): boolean {
  const { process, sweeper } = activity;
  const neededMs = event.atMs - (sweeper?.pollSeconds ?? 0) * 1_000 - MARGIN_MS;
  const writtenMs = event.writes.at(-1)?.executedMs ?? Number.POSITIVE_INFINITY;
  if (writtenMs > neededMs || event.writes.length > 1 || process.frozenUntilMs !== undefined)
    return false;
  // An earlier key of a moved event has failed there, and blocks the target until a listing does not meet it any more.
  const isRefused = event.to.key.includes(REFUSED_KEY_PART);
  if (isRefused && lastAtTarget.has(targetOf(event))) return false;
  if (view.now() - (lastAtTarget.get(targetOf(event)) ?? 0) < OLDER_MS || hasNeighbour(view, event))
    return false;
  // Since then the same owner has had it in its range.
  const since = history.filter(
    ({ fromMs }, index) =>
      fromMs > neededMs || (history[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY) > neededMs,
  );
  const own = view.leases.of(event.key).ownersOf(activity);
  const owners = since.map(
    ({ ranges }) =>
      ranges.find((range) => event.atMs >= range.startMs && event.atMs < range.untilMs)?.owner,
  );
  return owners.length > 0 && new Set(owners).size === 1 && own.has(owners[0] ?? "");
}

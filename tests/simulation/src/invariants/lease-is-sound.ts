import type { Activity } from "../activity.js";
import { SCHEDULE_BUCKET } from "../schedule-keys.js";
import { isLease, type Lease, type LeaseHistory, wroteLease } from "./lease-history.js";
import type { Invariant } from "./watcher.js";

const PROMISE =
  "Time is divided: ranges are disjoint, no sweep removes a live holder, and the range of a dead holder is unclean.";

/** Entries end by the store's Date, which has whole seconds. */
const GRACE_MS = 2_000;

export const leaseIsSound: Invariant = (view) => {
  const check = (activity: Activity, key: string, wrong: string | undefined) => {
    if (wrong !== undefined) view.violated(PROMISE, key, `${activity.name} ${wrong}`);
  };
  return {
    executed(request, changes) {
      const isRemoved = changes.some(
        ({ ref, change }) =>
          change === "removed" && ref.bucket === SCHEDULE_BUCKET && isLease(ref.key),
      );
      const { activity, keys } = request;
      const [key = ""] = keys;
      if (isRemoved) check(activity, key, "removed the lease");
      if (!wroteLease(request)) return;
      const lease = view.leases.of(key);
      check(activity, key, outOfOrder(lease.now));
      check(activity, key, wrongRemoval(lease, activity, view.now()));
      check(activity, key, wrongNewcomer(lease, activity));
      check(activity, key, wrongRange(lease));
    },
  };
};

function outOfOrder({ holders }: Lease): string | undefined {
  const isRising = holders.every(
    ({ untilMs }, index) => index === 0 || untilMs > (holders[index - 1]?.untilMs ?? untilMs),
  );
  return isRising ? undefined : "wrote ranges that don't rise";
}

function wrongRemoval(
  history: LeaseHistory,
  activity: Activity,
  nowMs: number,
): string | undefined {
  const { before, now } = history;
  const left = new Set(now.holders.map(({ owner }) => owner));
  const own = history.ownersOf(activity);
  for (const { owner, untilMs, expiresMs } of before.holders) {
    if (left.has(owner) || own.has(owner)) continue;
    if (expiresMs + GRACE_MS > nowMs) return `removed ${owner}, whose lease has not ended`;
    if (now.uncleanMs === undefined || now.uncleanMs < untilMs) {
      return `removed ${owner}, who had died, without saying what may be unclean`;
    }
  }
  return undefined;
}

function wrongNewcomer({ before, now }: LeaseHistory, activity: Activity): string | undefined {
  const known = new Set(before.holders.map(({ owner }) => owner));
  const newcomers = now.holders.filter(({ owner }) => !known.has(owner));
  if (newcomers.length > 1) return "entered more than itself";
  if (newcomers.length === 0) return undefined;
  if (newcomers[0] !== now.holders.at(-1)) return "entered below another";
  const looksAhead = activity.sweeper?.pollSeconds !== undefined;
  return now.holders.length > 1 && !looksAhead
    ? "entered though another holder was there"
    : undefined;
}

function wrongRange({ before, now }: LeaseHistory): string | undefined {
  const ends = new Map(before.holders.map(({ owner, untilMs }) => [owner, untilMs]));
  const moved = now.holders.find(({ owner, untilMs }) => (ends.get(owner) ?? untilMs) !== untilMs);
  return moved && `moved the end of ${moved.owner}'s range`;
}

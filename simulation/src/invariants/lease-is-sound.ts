import type { Activity } from "../activity.js";
import { SCHEDULE_BUCKET } from "../plan.js";
import { LEASE_KEY, type Lease, type LeaseHistory, wroteLease } from "./lease-history.js";
import type { Invariant } from "./watcher.js";

const PROMISE =
  "Time is divided: ranges are disjoint, nobody removes a live holder, and a dead one's is unclean.";

/** Entries end by the store's Date, which has whole seconds. */
const GRACE_MS = 2_000;

/** Reads every lease that is written. */
export const leaseIsSound: Invariant = (view) => {
  const { lease } = view;
  const check = (activity: Activity, wrong: string | undefined) => {
    if (wrong !== undefined) view.violated(PROMISE, LEASE_KEY, `${activity.name} ${wrong}`);
  };
  return {
    executed(request, changes) {
      const isRemoved = changes.some(
        ({ ref, change }) =>
          change === "removed" && ref.bucket === SCHEDULE_BUCKET && ref.key === LEASE_KEY,
      );
      if (isRemoved) check(request.activity, "removed the lease");
      if (!wroteLease(request)) return;
      check(request.activity, outOfOrder(lease.now));
      check(request.activity, wrongRemoval(lease, request.activity, view.now()));
      check(request.activity, wrongNewcomer(lease));
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
  for (const { owner, untilMs, expiresMs } of before.holders) {
    if (left.has(owner) || owner === history.ownerOf(activity)) continue;
    if (expiresMs + GRACE_MS > nowMs) return `removed ${owner}, whose lease has not ended`;
    if (now.uncleanMs === undefined || now.uncleanMs < untilMs) {
      return `removed ${owner}, who had died, without saying what may be unclean`;
    }
  }
  return undefined;
}

function wrongNewcomer({ before, now }: LeaseHistory): string | undefined {
  const known = new Set(before.holders.map(({ owner }) => owner));
  const newcomers = now.holders.filter(({ owner }) => !known.has(owner));
  return newcomers.length > 1 ? "entered more than itself" : undefined;
}

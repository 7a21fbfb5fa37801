import type { EventRecord } from "../ledger.js";
import type { LeaseHistory } from "./lease-history.js";
import type { Invariant } from "./watcher.js";

const PROMISE = "A sweep copies only what lies in its range, and only while its lease holds.";

/** At the moment of each copy, the lease in the store must give that instant to whoever copies it. */
export const copiesInItsRange: Invariant = (view) => {
  const { profile, ledger, violated } = view;
  if (!profile.capabilities.putIfVersion) return {};
  return {
    sent(request) {
      const event = ledger.deliveredBy(request);
      const { activity } = request;
      if (event === undefined || activity.kind !== "sweep" || activity.sweeper === undefined)
        return;
      // A machine whose clock is set back while its other clock stands still can't know what time has passed.
      if (activity.sweeper.clock.jumps.length > 0 && activity.process.wasSuspended) return;
      const wrong = whyNot(view.lease, event, view.lease.ownerOf(activity), view.now());
      if (wrong !== undefined) violated(PROMISE, event.key, `${activity.name} copies it ${wrong}`);
    },
  };
};

function whyNot(
  { now }: LeaseHistory,
  { atMs }: EventRecord,
  owner: string | undefined,
  nowMs: number,
): string | undefined {
  if (owner === undefined) return "without ever having held the lease";
  const own = now.holders.find((holder) => holder.owner === owner);
  if (own === undefined) return "after its entry has gone";
  if (own.expiresMs <= nowMs) return "after its lease has ended";
  const holder = now.holders.find(({ untilMs }) => untilMs > atMs);
  return holder === own ? undefined : `though its instant is ${holder?.owner ?? "nobody"}'s`;
}

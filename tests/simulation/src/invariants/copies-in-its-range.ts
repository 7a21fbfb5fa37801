import type { EventRecord } from "../ledger.js";
import type { LeaseHistory } from "./lease-history.js";
import type { Invariant } from "./watcher.js";

const PROMISE = "A sweep copies only events of its range, and only while its lease is valid.";

/** At each copy the stored lease must give the event's instant to that sweep. */
export const copiesInItsRange: Invariant = (view) => {
  const { profile, ledger, violated } = view;
  if (!profile.capabilities.putIfVersion) return {};
  return {
    sent(request) {
      const event = ledger.deliveredBy(request);
      const { activity } = request;
      if (event === undefined || activity.kind !== "sweep" || activity.sweeper === undefined)
        return;
      // A machine whose clock is set back while it sleeps can't know what time has passed.
      if (activity.sweeper.clock.jumps.length > 0 && activity.process.wasSuspended) return;
      const lease = view.leases.of(event.key);
      const wrong = whyNot(lease, event, lease.ownersOf(activity), view.now());
      if (wrong !== undefined) violated(PROMISE, event.key, `${activity.name} copies it ${wrong}`);
    },
  };
};

function whyNot(
  { now }: LeaseHistory,
  { atMs }: EventRecord,
  owners: ReadonlySet<string>,
  nowMs: number,
): string | undefined {
  if (owners.size === 0) return "without ever having held the lease";
  if (!now.holders.some(({ owner }) => owners.has(owner))) return "after its entry has gone";
  const holder = now.holders.find(({ untilMs }) => untilMs > atMs);
  if (holder === undefined || !owners.has(holder.owner)) {
    return `though its instant is ${holder?.owner ?? "no holder"}'s`;
  }
  return holder.expiresMs <= nowMs ? "after its lease has ended" : undefined;
}

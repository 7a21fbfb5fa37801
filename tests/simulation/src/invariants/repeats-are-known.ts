import { destinationOf } from "../plan-destinations.js";
import type { Invariant } from "./watcher.js";

const PROMISE =
  "A destination that is called with an event for the first time knows that: no earlier call can have reached the receiver.";

/** A call that says that it can't be a repeat must be the first one that the receiver has taken. */
export const repeatsAreKnown: Invariant = ({ plan, ledger, violated, now }) => ({
  sent(request) {
    const event = ledger.deliveredBy(request);
    if (event === undefined || destinationOf(plan, event) === undefined) return;
    if (request.mayBeRepeat !== false) return;
    const { activity } = request;
    // A machine whose clock is set back while it sleeps can't know what time has passed.
    if (activity.sweeper?.clock.jumps.length !== 0 && activity.process.wasSuspended) return;
    const earlier = event.copies.find(
      ({ incarnation, request: one }) =>
        incarnation === event.incarnation && (one.executedMs ?? now()) < now(),
    );
    if (earlier === undefined) return;
    const { name } = earlier.request.activity;
    violated(PROMISE, event.key, `${activity.name} calls it the first, but ${name} delivered it`);
  },
});

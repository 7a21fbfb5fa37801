import type { Copy, EventRecord } from "../ledger.js";
import { destinationOf } from "../plan-destinations.js";
import type { StoreRequest } from "../store/store-request.js";
import { checkFamily } from "./moved-once.js";
import { type TargetHistory, targetHistory } from "./target-history.js";
import type { Invariant, View } from "./watcher.js";

const PROMISE =
  "Once: a second copy only where the design allows it, and always with the same delivery id.";

/** Looks in the event's history for what explains a second copy of a key or of its delivery id. */
export const once: Invariant = (view) => {
  const targets = targetHistory();
  return {
    executed(request, changes) {
      const event = view.ledger.deliveredBy(request);
      if (event !== undefined && request.outcome === "copied") {
        checkKey(view, targets, event);
        checkFamily(view, event);
      }
      for (const change of changes) targets.note(change.ref, request, view.now());
    },
    answered: (request) => targets.answered(request),
    consumed: (target) => targets.note(target, undefined, view.now()),
  };
};

function checkKey(view: View, targets: TargetHistory, event: EventRecord): void {
  const second = event.copies.at(-1);
  const first = event.copies.at(-2);
  if (second === undefined || first === undefined) return;
  const wrong = whyWrong(view, targets, event, first, second);
  if (wrong === undefined) return;
  const [one, other] = [first, second].map(({ request: { activity } }) => activity.name);
  view.violated(PROMISE, event.key, `${one} and ${other} both delivered it, ${wrong}`);
}

/** `undefined` if the second copy of one key may have happened. */
function whyWrong(
  { plan, profile }: View,
  targets: TargetHistory,
  event: EventRecord,
  first: Copy,
  second: Copy,
): string | undefined {
  const { request: one } = first;
  const { request: other } = second;
  if (first.incarnation !== second.incarnation) return undefined; // a late put, or a chosen id again
  if (!profile.capabilities.putIfVersion) return undefined; // no lease is possible
  if (isUndecided(other, other.executedMs ?? 0)) return undefined; // the late one, which has no waiting sender
  if (isOlderThanEvent(one, event)) return undefined;
  const isBlind = destinationOf(plan, event)?.canFind === false;
  if (isBlind) return whyCalledAgain(event, one, other);
  const isFirstKnown = (one.executedMs ?? 0) < other.activity.startedMs;
  const mustLook = isFirstKnown && other.kind === "copy" && event.deliveryId !== undefined;
  if (mustLook && !targets.wasSeenBy(event.to, other.activity)) return "without a look";
  if (isUndecided(one, other.sentMs)) return undefined;
  if (!hasFaltered(one) && isDeleteKnown(event, one, other.sentMs)) return "though it was deleted";
  if (event.deliveryId === undefined) return undefined; // its copy looks like any other
  return targets.wasUnreadable(event.to, one, other) ? undefined : "though it was there";
}

/** A destination that can't be asked gets an event again unless its delete is known to be done. */
function whyCalledAgain(
  event: EventRecord,
  one: StoreRequest,
  other: StoreRequest,
): string | undefined {
  if (isUndecided(one, other.sentMs) || hasFaltered(one)) return undefined;
  if (isDeleteKnown(event, one, other.sentMs)) return "though it was deleted";
  const { activity } = one;
  return activity === other.activity && !activity.isStanding ? "in one sweep" : undefined;
}

/** Sent for what had the key before, which has gone: a late put brought it back, and a late copy found that. */
function isOlderThanEvent({ sentMs }: StoreRequest, { writes }: EventRecord): boolean {
  return sentMs < (writes.at(-1)?.executedMs ?? 0);
}

/** Whether its sender had no answer at that instant: it is late, or its sender has gone. */
function isUndecided(request: StoreRequest, atMs: number): boolean {
  const { answer, answeredMs, fate } = request;
  if (answer !== undefined && answeredMs !== undefined && answeredMs <= atMs) return answer.isError;
  return fate.fault === "late" || fate.fault === "lost-answer" || hasFaltered(request);
}

/** Whether its sender has died, or stood still since. */
function hasFaltered({ activity, sentMs }: StoreRequest): boolean {
  const { isAlive, frozenUntilMs } = activity.process;
  return !isAlive || (frozenUntilMs ?? 0) >= sentMs;
}

/** Whether the sweep that delivered it knew, at that instant, that its delete was done; an earlier delete was for an earlier event. */
function isDeleteKnown(
  { removals }: EventRecord,
  { activity, sentMs }: StoreRequest,
  atMs: number,
): boolean {
  return removals.some(
    ({ request }) =>
      request.activity === activity &&
      request.sentMs >= sentMs &&
      request.answeredMs !== undefined &&
      request.answeredMs <= atMs &&
      request.answer?.isError === false,
  );
}

import type { Activity } from "../activity.js";
import type { EventRecord } from "../ledger.js";
import type { View } from "./watcher.js";

const PROMISE =
  "Once: a moved event is delivered under one of its keys, unless a move broke off or two met.";

/** All keys of one delivery id: an event and what reschedules and redrives made of it. */
export function checkFamily({ ledger, violated }: View, event: EventRecord): void {
  const { deliveryId, to } = event;
  if (deliveryId === undefined) return;
  const family = [...ledger.records.values()].filter(
    (other) => other.deliveryId === deliveryId && other.to.key === to.key,
  );
  const twin = family.find((other) => other !== event && other.copies.length > 0);
  if (twin === undefined || isExplained(family)) return;
  violated(PROMISE, event.key, `${twin.key}, of the same delivery id, was delivered as well`);
}

function isExplained(family: readonly EventRecord[]): boolean {
  // Also the calls about an event without a delivery id, which is the family's first one.
  const calls = family.flatMap((one) => [...one.calls, ...one.writes.map((put) => put.activity)]);
  const moves = [...new Set(calls)].filter(({ kind }) => MOVES.has(kind));
  return (
    moves.some(hasBrokenOff) ||
    moves.some((one) => moves.some((other) => other !== one && overlap(one, other))) ||
    family.some(cameAgain) ||
    family.some(wasHalfDeadLettered)
  );
}

const MOVES: ReadonlySet<Activity["kind"]> = new Set([
  "reschedule",
  "redrive",
  "put-name",
  "cancel-name",
]);

/** `too-late`, `not-found` and the like have changed nothing. */
function hasBrokenOff({ result }: Activity): boolean {
  return result === undefined || result === "undecided" || result.startsWith("threw ");
}

function overlap(one: Activity, other: Activity): boolean {
  const isOfName = one.named !== undefined && one.named === other.named;
  if (one.key !== other.key && !isOfName) return false;
  const endOf = ({ endedMs }: Activity) => endedMs ?? Number.POSITIVE_INFINITY;
  return one.startedMs <= endOf(other) && other.startedMs <= endOf(one);
}

/** Put again: by a late request, or a chosen id scheduled again. */
function cameAgain({ incarnation }: EventRecord): boolean {
  return incarnation > 1;
}

/** Its copy was in the dead letters while it still waited, or its delivery was undecided. */
function wasHalfDeadLettered({ deadCopies, copies }: EventRecord): boolean {
  return deadCopies.length > 1 || (deadCopies.length > 0 && copies.length > 0);
}

import type { Activity } from "../activity.js";
import { type EventRecord, isOfName } from "../ledger.js";
import type { StoreRequest } from "../store/store-request.js";
import type { Invariant, View } from "./watcher.js";

const ONE =
  "One event of a name: after a confirmed put or cancel, none that waited before it is delivered unless it had closed.";
const STORED = "A confirmed put of a name has stored its event before it was due.";
const NEWER = "An event of a name is replaced only by a put that was later.";
const OTHER_ID =
  "A put of a name after a delivery has another delivery id, so that no consumer drops it as a repeat.";

/** By how much a caller's clock, and the store's whole seconds, may move the instant at which an event closes. */
const CLOCKS_MS = 2_500;
const GUARD_MS = 4_000;
/** Keywhen remembers a put without an answer for a minute. */
const LATE_MS = 50_000;

export const namedOnce: Invariant = (view) => {
  const calls: Calls = { started: new Set(), confirmed: [] };
  return {
    sent({ activity }) {
      if (BY_NAME.has(activity.kind)) calls.started.add(activity);
    },
    executed(request, changes) {
      const event = view.ledger.deliveredBy(request);
      if (event !== undefined && request.outcome === "copied") checkDelivery(view, calls, event);
      for (const { ref, change } of changes) {
        const removed = change === "removed" ? view.ledger.records.get(ref.key) : undefined;
        if (removed !== undefined) checkRemoval(view, removed, request);
      }
    },
    ended(activity) {
      if (!BY_NAME.has(activity.kind) || !CONFIRMED.has(activity.result ?? "")) return;
      calls.confirmed.push(activity);
      if (activity.kind === "put-name") checkStored(view, activity);
    },
  };
};

/** Puts and cancels by a name. */
interface Calls {
  readonly started: Set<Activity>;
  /** Those whose answer rules something out. */
  readonly confirmed: Activity[];
}

const BY_NAME: ReadonlySet<Activity["kind"]> = new Set(["put-name", "cancel-name"]);

/** The answers after which nothing that waited before may be delivered. */
const CONFIRMED: ReadonlySet<string> = new Set(["scheduled", "replaced", "cancelled", "not-found"]);

function checkDelivery(view: View, calls: Calls, event: EventRecord): void {
  const outlived = calls.confirmed.find(
    (call) => isOfName(event, call.named) && shouldHaveRemoved(view, calls, call, event),
  );
  if (outlived !== undefined) {
    view.violated(ONE, event.key, `${outlived.name} ended ${outlived.result}, and it is delivered`);
  }
  const { deliveryId } = event;
  const put = calls.confirmed.find(({ namedAnswer }) => namedAnswer?.id === event.id);
  if (put === undefined || put.kind !== "put-name") return;
  const earlier = [...view.ledger.records.values()].find(
    (other) =>
      other !== event &&
      other.deliveryId === deliveryId &&
      other.copies.some(({ request: { executedMs = 0 } }) => executedMs < put.startedMs),
  );
  // A move by id that broke off leaves two events of one delivery id.
  if (earlier === undefined || isMoved(earlier) || isMoved(event)) return;
  view.violated(OTHER_ID, event.key, `${put.name} put it after ${earlier.key} was delivered`);
}

/** Whether an event waited before the call began, and was still open when it ended. */
function shouldHaveRemoved(view: View, calls: Calls, call: Activity, event: EventRecord): boolean {
  const { endedMs = Number.POSITIVE_INFINITY, startedMs, namedAnswer } = call;
  const guardMs = view.profile.capabilities.clock === "shared" ? 0 : GUARD_MS;
  if (endedMs > event.atMs - guardMs - CLOCKS_MS || namedAnswer?.id === event.id) {
    return call.kind === "cancel-name" && namedAnswer?.id === event.id && isInTime(call, event);
  }
  const isBefore = event.writes.every(
    (write) => (write.executedMs ?? 0) < startedMs && !isLate(write),
  );
  return isBefore && isFindable(view, calls, call, event, guardMs);
}

/** An event that was moved by its id is found if the move was whole and met no other call, and the id that the name's object has is not due yet. */
function isFindable(
  { ledger }: View,
  { started }: Calls,
  { startedMs, endedMs = Number.POSITIVE_INFINITY }: Activity,
  { deliveryId, writes }: EventRecord,
  guardMs: number,
): boolean {
  const family = [...ledger.records.values()].filter((one) => one.deliveryId === deliveryId);
  const moves = family
    .flatMap((one) => one.writes.map(({ activity }) => activity))
    .filter(({ kind }) => kind === "reschedule");
  if (!isMoved({ writes })) return true;
  const areWhole = moves.every(
    (move) =>
      move.result === "rescheduled" &&
      (move.endedMs ?? startedMs) < startedMs &&
      ![...started].some((other) => other.named === move.named && overlap(move, other)),
  );
  return areWhole && family.every(({ atMs }) => endedMs < atMs - guardMs - CLOCKS_MS);
}

function overlap(one: Activity, other: Activity): boolean {
  const endOf = ({ endedMs = Number.POSITIVE_INFINITY }: Activity) => endedMs;
  return one.startedMs <= endOf(other) && other.startedMs <= endOf(one);
}

function isMoved({ writes }: Pick<EventRecord, "writes">): boolean {
  return writes.some(({ activity }) => activity.kind === "reschedule");
}

/** The event that a call names as cancelled: it was removed, and not put again since. */
function isInTime({ startedMs }: Activity, { writes }: EventRecord): boolean {
  return writes.every(({ executedMs = 0 }) => executedMs < startedMs);
}

function isLate({ sentMs, executedMs = 0 }: StoreRequest): boolean {
  return executedMs - sentMs > LATE_MS;
}

/** A put may remove only what was there before its own event. */
function checkRemoval({ ledger, violated }: View, event: EventRecord, request: StoreRequest): void {
  const { activity } = request;
  if (activity.kind !== "put-name" || !isOfName(event, activity.named)) return;
  const own = [...ledger.records.values()]
    .flatMap(({ writes }) => writes)
    .find((write) => write.activity === activity);
  const [first] = event.writes;
  if (own === undefined || first === undefined || first.sentMs <= own.sentMs) return;
  violated(NEWER, event.key, `${activity.name} removed it, and had put its own before`);
}

function checkStored({ ledger, violated }: View, { name, namedAnswer }: Activity): void {
  const event = [...ledger.records.values()].find(({ id }) => id === namedAnswer?.id);
  if (event !== undefined && event.writes.length > 0) return;
  violated(STORED, event?.key, `${name} answered that it is stored, and it never was`);
}

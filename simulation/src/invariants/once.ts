import type { Copy, EventRecord } from "../ledger.js";
import type { StoreRequest } from "../store/store-request.js";
import type { Invariant, View } from "./watcher.js";

const PROMISE =
  "Once: a second copy only where the design allows it, and always with the same delivery id.";

/**
 * Asks of every second copy of a key, and of every copy of another key with the same delivery id, what in the
 * history of that very event explains it.
 */
export const once: Invariant = (view) => {
  const targets = targetHistory();
  return {
    executed(request, changes) {
      const event = view.ledger.deliveredBy(request);
      if (event !== undefined && request.outcome === "copied") {
        const second = event.copies.at(-1);
        const first = event.copies.at(-2);
        if (second && first && !isExplained(view, targets, event, first, second)) {
          const [one, other] = [first, second].map(({ request: { activity } }) => activity.name);
          view.violated(PROMISE, event.key, `${one} and ${other} both delivered it`);
        }
        checkMoved(view, event);
      }
      for (const change of changes) targets.note(change.ref, request, view.now());
    },
    answered: (request) => targets.answered(request),
    consumed: (target) => targets.note(target, undefined, view.now()),
  };
};

/** Whether the second copy of one key may have happened. */
function isExplained(
  { profile }: View,
  targets: TargetHistory,
  event: EventRecord,
  first: Copy,
  second: Copy,
): boolean {
  const { request: one } = first;
  const { request: other } = second;
  if (first.incarnation !== second.incarnation) return true; // put again: a late put, or a chosen id
  if (!profile.capabilities.putIfVersion) return true; // no lease is possible
  if (isUndecided(one, other.sentMs) || isUndecided(other, other.executedMs ?? 0)) return true;
  const isLeftOver = hasFaltered(one) || !isDeleteKnown(event, one, other.sentMs);
  return isLeftOver && targets.wasUnreadable(event.to, one, other);
}

/** Whether its sender had no answer at that instant: it is late, or its sender has gone. */
function isUndecided(request: StoreRequest, atMs: number): boolean {
  const { answer, answeredMs, fate, activity } = request;
  if (answer === undefined || answeredMs === undefined || answeredMs > atMs) {
    return fate.fault !== undefined || !activity.process.isAlive || wasFrozen(request);
  }
  return answer.isError;
}

/** Whether its sender has died, or stood still since. */
function hasFaltered(request: StoreRequest): boolean {
  return !request.activity.process.isAlive || wasFrozen(request);
}

function wasFrozen({ activity, sentMs }: StoreRequest): boolean {
  return (activity.process.frozenUntilMs ?? 0) >= sentMs;
}

/** Whether the sweep that delivered it knew, at that instant, that its delete was done. */
function isDeleteKnown(
  { removals }: EventRecord,
  { activity }: StoreRequest,
  atMs: number,
): boolean {
  return removals.some(
    ({ request }) =>
      request.activity === activity &&
      request.answeredMs !== undefined &&
      request.answeredMs <= atMs &&
      request.answer?.isError === false,
  );
}

/** A moved event has another key and the same delivery id: both are delivered only if the move broke off. */
function checkMoved({ ledger, violated }: View, event: EventRecord): void {
  if (event.deliveryId === undefined) return;
  for (const other of ledger.records.values()) {
    if (other === event || other.deliveryId !== event.deliveryId) continue;
    if (other.copies.length === 0 || other.to.key !== event.to.key) continue;
    const moves = [...event.calls, ...other.calls].filter(({ kind }) => kind === "reschedule");
    const isBroken = moves.some(({ told }) => told !== "rescheduled");
    const isRedriven = [...event.burials, ...other.burials].length > 0;
    if (isBroken || isRedriven || [event, other].some(({ incarnation }) => incarnation > 1))
      continue;
    violated(PROMISE, event.key, `${other.key}, of the same delivery id, was delivered as well`);
  }
}

interface TargetHistory {
  note(ref: { bucket: string; key: string }, request: StoreRequest | undefined, atMs: number): void;
  answered(request: StoreRequest): void;
  /** Between two copies: whether something else happened to the target, or the second's sweep couldn't read it. */
  wasUnreadable(
    ref: { bucket: string; key: string },
    one: StoreRequest,
    other: StoreRequest,
  ): boolean;
}

function targetHistory(): TargetHistory {
  const changes = new Map<string, { request: StoreRequest | undefined; atMs: number }[]>();
  const listOf = (bucket: string, key: string | undefined) => {
    const place = `${bucket}\0${key}`;
    const list = changes.get(place) ?? [];
    changes.set(place, list);
    return list;
  };
  const failedHeads = new Map<string, StoreRequest[]>();
  return {
    note: ({ bucket, key }, request, atMs) => void listOf(bucket, key).push({ request, atMs }),
    answered(request) {
      if (request.kind !== "head" || request.answer?.isError !== true) return;
      const place = `${request.bucket}\0${request.keys[0]}`;
      failedHeads.set(place, [...(failedHeads.get(place) ?? []), request]);
    },
    wasUnreadable({ bucket, key }, one, other) {
      const fromMs = one.executedMs ?? 0;
      const wasChanged = listOf(bucket, key).some(
        ({ request, atMs }) =>
          atMs >= fromMs && atMs <= (other.executedMs ?? 0) && request !== one && request !== other,
      );
      const heads = failedHeads.get(`${bucket}\0${key}`) ?? [];
      return wasChanged || heads.some(({ activity }) => activity === other.activity);
    },
  };
}

import type { Delivery, FailedDelivery } from "../event-table/delivery.js";
import type { DueEvent } from "../event-table/due-event.js";
import type { CopyObstacle } from "../event-table/limits.js";
import type { TryHistory } from "../lease/history.js";
import type { Clock, RandomSource } from "../machine.js";
import type { DeadLetterReason } from "../report/sweep-event.js";
import { retry, retryPauseMs } from "../requests/retry.js";
import {
  ObjectStoreError,
  rethrowUnlessStoreError,
  storeErrorOf,
} from "../store/object-store-error.js";
import type { Destination } from "../targets/destination.js";

export interface DeliverContext {
  readonly destination: Destination;
  readonly clock: Clock;
  /** The wall clock, as far as it can be trusted. */
  readonly now: () => number;
  readonly random: RandomSource;
  readonly history: TryHistory;
  /** How long an event that fails is tried. */
  readonly maxAgeMs: number;
  /** Why a copy of this size may not start at this moment. Called immediately before each try. */
  readonly obstacleTo: (sizeBytes: number) => CopyObstacle | undefined;
  /** Aborts the copy. */
  readonly copySignal: AbortSignal;
  /** Aborts when nothing new may start, another try included. */
  readonly startSignal: AbortSignal;
  /** Aborts the look at the target after a copy without an answer. */
  readonly lookSignal: AbortSignal;
  /** The copy that was sent at this instant (monotonic) was throttled. */
  readonly onThrottled: (sentMs: number) => void;
  /** A copy without an answer is about to be sent again. */
  readonly onRepeat: (event: DueEvent, error: ObjectStoreError) => void;
}

/** One try of a copy. */
interface Try {
  readonly attempt: number;
  /** It repeats a copy without an answer. */
  readonly isRepeated: boolean;
  readonly latenessMs: number;
  /** Monotonic. */
  readonly sentMs: number;
}

interface TryResult {
  readonly delivery: Delivery;
  readonly isTriedAgain: boolean;
}

const COPY_ATTEMPTS = 5;
const LOOK_ATTEMPTS = 3;
/** A copy without an answer that failed this fast was hardly sent: the server had closed the connection. */
const FAILED_AT_ONCE_MS = 5_000;
/** How long such a copy gets to arrive after all, before its target is looked at again. */
const LOOK_AGAIN_MS = 2_000;

/**
 * Delivers one event, unless an earlier sweep has. `isFreed`: the older event of its target has just been delivered, so it
 * does not wait for its own next try. Tries again what the store certainly did not carry out, and once what failed
 * immediately and is not found at its target; every other failure is left to a later sweep.
 */
export function deliverEvent(
  context: DeliverContext,
  event: DueEvent,
  isFreed: boolean,
): Promise<Delivery> {
  const { destination, history } = context;
  const backsOff = !isFreed && history.backsOffUntilMs(event) !== undefined;
  if (backsOff) return Promise.resolve({ outcome: "backing-off" });
  return destination.canMove(event) ? moveOrCopy(context, event) : copyUnlessFound(context, event);
}

/** A move is atomic: an event that is still in the schedule was never moved, so its target needs no look first. */
async function moveOrCopy(context: DeliverContext, event: DueEvent): Promise<Delivery> {
  const moved = await tryUntilAnswered(context, event, true);
  return isUnmovable(moved) ? copyUnlessFound(context, event) : moved;
}

/** The store can't move this pair atomically, and has changed nothing. */
function isUnmovable(delivery: Delivery): boolean {
  return delivery.outcome === "failed" && delivery.error.code === "not-supported";
}

async function copyUnlessFound(context: DeliverContext, event: DueEvent): Promise<Delivery> {
  if (context.history.mayBeDelivered(event)) {
    const found = await findUntilAnswered(context, event);
    if (found === "found") return { outcome: "found" };
    if (typeof found === "object") return unlooked(event, found.unanswered);
  }
  return tryUntilAnswered(context, event, false);
}

async function findUntilAnswered(
  { destination, clock, random, copySignal, startSignal }: DeliverContext,
  event: DueEvent,
): Promise<"found" | "not-found" | "unknown" | { readonly unanswered: ObjectStoreError }> {
  const policy = { clock, random, signal: startSignal, attempts: LOOK_ATTEMPTS };
  try {
    return await retry(policy, () => destination.find(event, copySignal));
  } catch (caught) {
    const error = storeErrorOf(caught);
    // A missing permission stays, and only a copy can help. Rejected credentials and an outage pass.
    return error.retryable || error.code === "unauthenticated" ? { unanswered: error } : "unknown";
  }
}

async function tryUntilAnswered(
  context: DeliverContext,
  event: DueEvent,
  move: boolean,
): Promise<Delivery> {
  const { destination, copySignal: signal } = context;
  let unanswered: Delivery | undefined; // the copy that is repeated: it may still arrive
  for (let attempt = 1; ; attempt++) {
    const nowMs = context.now();
    const obstacle = obstacleTo(context, event, nowMs);
    if (obstacle !== undefined) return unanswered ?? obstacle;
    const latenessMs = nowMs - event.atMs;
    const sentMs = context.clock.monotonic();
    try {
      const { outcome } = await destination.deliver(event, { move, signal });
      if (outcome === "source-gone") return { outcome: "gone" };
      return { outcome: "delivered", isRemoved: move, latenessMs };
    } catch (caught) {
      const error = storeErrorOf(caught);
      const tried = { attempt, isRepeated: unanswered !== undefined, latenessMs, sentMs };
      const { delivery, isTriedAgain } = await afterFailure(context, event, error, tried);
      if (!isTriedAgain) return delivery;
      if (error.undecided) unanswered = delivery;
    }
  }
}

/** Why the copy may not start at `nowMs`; `undefined` if it may. */
function obstacleTo(context: DeliverContext, event: DueEvent, nowMs: number): Delivery | undefined {
  const isEarly = nowMs < event.atMs;
  if (isEarly || context.startSignal.aborted) return { outcome: "untried" };
  const obstacle = context.obstacleTo(event.size);
  if (obstacle === undefined) return undefined;
  return "stop" in obstacle ? { outcome: "untried" } : tooLarge(event, obstacle.tooLarge);
}

/** What a failed try comes to, and whether it is time now for another one. */
async function afterFailure(
  context: DeliverContext,
  event: DueEvent,
  error: ObjectStoreError,
  tried: Try,
): Promise<TryResult> {
  const { latenessMs, sentMs } = tried;
  const failed = failure(context, event, error);
  // A move without an answer is deleted again, which does no harm.
  const copied = { outcome: "delivered", isRemoved: false, latenessMs } as const;

  if (error.code === "throttled") context.onThrottled(sentMs);
  if (error.undecided && (await findOnce(context, event)) === "found") return ended(copied);
  if (!(await pauseBeforeRepeat(context, event, error, tried))) return ended(failed);
  if (!error.undecided) return { delivery: failed, isTriedAgain: true };
  const found = await findOnce(context, event);
  if (found === "found") return ended(copied);
  if (found !== "not-found") return ended(failed);
  context.onRepeat(event, error);
  return { delivery: failed, isTriedAgain: true };
}

async function findOnce({ destination, lookSignal }: DeliverContext, event: DueEvent) {
  try {
    return await destination.find(event, lookSignal);
  } catch (caught) {
    rethrowUnlessStoreError(caught); // anything else is a bug, and thrown
    return "unknown";
  }
}

function ended(delivery: Delivery): TryResult {
  return { delivery, isTriedAgain: false };
}

/** Waits before the same copy is sent again; false if that is left to a later sweep. */
async function pauseBeforeRepeat(
  { clock, random, startSignal }: DeliverContext,
  { deliveryId }: DueEvent,
  { retryable, undecided }: ObjectStoreError,
  { attempt, isRepeated, sentMs }: Try,
): Promise<boolean> {
  if (!retryable || attempt === COPY_ATTEMPTS) return false;
  const canBeFound = deliveryId !== undefined;
  const hasFailedAtOnce = clock.monotonic() - sentMs <= FAILED_AT_ONCE_MS;
  const isWorthALook = canBeFound && !isRepeated && hasFailedAtOnce;
  if (undecided && !isWorthALook) return false;
  const pauseMs = undecided ? LOOK_AGAIN_MS : retryPauseMs(attempt, random);
  if (!startSignal.aborted) await clock.sleep(pauseMs, { signal: startSignal });
  return !startSignal.aborted;
}

function failure(
  context: DeliverContext,
  event: DueEvent,
  error: ObjectStoreError,
): FailedDelivery {
  if (error.code === "aborted") return untriedFailure(error);
  return {
    outcome: "failed",
    error,
    isAnswer: true,
    deadLetterReason: deadLetterReasonOf(context, event, error),
  };
}

/**
 * A name that the store can't have never works. Anything else may be repaired until the event has been tried for
 * `maxAgeMs`.
 */
function deadLetterReasonOf(
  { history, maxAgeMs }: DeliverContext,
  event: DueEvent,
  error: ObjectStoreError,
): DeadLetterReason | undefined {
  if (error.code === "invalid-key") return "target-invalid";
  const isOld = history.nowMs() - event.sinceMs >= maxAgeMs;
  return isOld && history.wasTried(event) ? "max-age" : undefined;
}

/** The store was never asked to copy it, so it can't have failed for too long. */
function untriedFailure(error: ObjectStoreError): FailedDelivery {
  return { outcome: "failed", error, isAnswer: false, deadLetterReason: undefined };
}

function tooLarge({ to }: DueEvent, message: string): FailedDelivery {
  return untriedFailure(
    new ObjectStoreError({
      ...to,
      code: "unavailable",
      undecided: false,
      operation: "copy",
      message,
    }),
  );
}

/** It may have been delivered, and the store does not answer whether it was: it waits, undecided. */
function unlooked({ to }: DueEvent, cause: ObjectStoreError): FailedDelivery {
  const { code, retryable } = cause;
  const message = `an earlier sweep may have delivered it, and the store does not answer whether it did, so it waits (${cause.message})`;
  const error = new ObjectStoreError({
    ...to,
    code,
    retryable,
    undecided: true,
    operation: "head",
    message,
    cause,
  });
  return { outcome: "failed", error, isAnswer: true, deadLetterReason: undefined };
}

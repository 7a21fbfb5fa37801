import type { Delivery, DueEvent, FailedDelivery } from "../event-table/due-event.js";
import type { TryHistory } from "../lease/history.js";
import { sleepUnlessAborted } from "../machine.js";
import type { DeadLetterReason } from "../report/sweep-event.js";
import { retry, retryPauseMs } from "../requests/retry.js";
import {
  ObjectStoreError,
  rethrowUnlessStoreError,
  storeErrorOf,
} from "../store/object-store-error.js";
import type { StoreTarget } from "../targets/store-target.js";
import { isExpired, type SweepRun } from "./sweep-run.js";

export interface DeliverContext {
  readonly run: SweepRun;
  readonly storeTarget: StoreTarget;
  readonly history: TryHistory;
  /** The copy that was sent at this instant (monotonic) was throttled. */
  readonly onThrottled: (sentMs: number) => void;
}

interface FailedTry {
  /** An earlier sweep had tried it. Read before the try: the next listing of this sweep counts a try that is still under way. */
  readonly wasTried: boolean;
  readonly error: ObjectStoreError;
  readonly move: boolean;
  readonly attempt: number;
  /** An earlier try had no answer either. */
  readonly isRepeated: boolean;
  readonly latenessMs: number;
  /** Monotonic. */
  readonly sentMs: number;
}

const COPY_ATTEMPTS = 5;
const LOOK_ATTEMPTS = 3;
/** A copy without an answer that failed this fast was hardly sent: the server had closed the connection. */
const FAILED_AT_ONCE_MS = 5_000;
/** How long such a copy gets to arrive after all, before its target is looked at again. */
const LOOK_AGAIN_MS = 2_000;

/**
 * Delivers one event, unless an earlier sweep has, or its next try is not due. Tries again what the store certainly did not
 * carry out, and once what failed immediately and is not found at its target; every other failure is left to a later sweep.
 */
export function deliverEvent(context: DeliverContext, event: DueEvent): Promise<Delivery> {
  const { storeTarget, history } = context;
  const backsOff = !event.isFreed && history.backsOffUntilMs(event) !== undefined;
  if (backsOff) return Promise.resolve({ outcome: "backing-off" });
  // A move is atomic: an event that is still in the schedule was never moved, so its target needs no look first.
  return storeTarget.canMove(event)
    ? tryUntilAnswered(context, event, true)
    : deliverByCopy(context, event, history.mayBeDelivered(event));
}

/** Delivers by a copy, unless the event is found at its target where an earlier sweep may have delivered it. */
export function deliverByCopy(
  context: DeliverContext,
  event: DueEvent,
  mayBeDelivered: boolean,
): Promise<Delivery> {
  return mayBeDelivered ? lookThenCopy(context, event) : tryUntilAnswered(context, event, false);
}

async function lookThenCopy(context: DeliverContext, event: DueEvent): Promise<Delivery> {
  const wasTried = context.history.wasTried(event);
  const found = await findUntilAnswered(context, event);
  if (found === "found") return { outcome: "found" };
  if (typeof found === "object") return unlooked(event, found.unanswered);
  return tryUntilAnswered(context, event, false, wasTried);
}

async function findUntilAnswered(
  { storeTarget, run }: DeliverContext,
  event: DueEvent,
): Promise<"found" | "not-found" | "unknown" | { readonly unanswered: ObjectStoreError }> {
  const { startSignal, copySignal } = run.shutdown;
  const policy = { ...run.schedule, signal: startSignal, attempts: LOOK_ATTEMPTS };
  try {
    return await retry(policy, () => storeTarget.find(event, copySignal));
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
  wasTried = context.history.wasTried(event),
): Promise<Delivery> {
  const { storeTarget, run } = context;
  let unanswered: Delivery | undefined; // the copy that is repeated: it may still arrive
  for (let attempt = 1; ; attempt++) {
    const nowMs = run.clock.now();
    const obstacle = obstacleTo(run, event, nowMs);
    if (obstacle !== undefined) return unanswered ?? lookIfExpired(context, event, obstacle, move);
    const latenessMs = nowMs - event.atMs;
    const sentMs = run.schedule.clock.monotonic();
    try {
      const call = { move, signal: run.shutdown.copySignal };
      const { outcome } = await storeTarget.deliver(event, call);
      if (outcome === "source-gone") return { outcome: "gone" };
      return { outcome: "delivered", isRemoved: move, latenessMs };
    } catch (caught) {
      const error = storeErrorOf(caught);
      const isRepeated = unanswered !== undefined;
      const tried = { wasTried, error, move, attempt, isRepeated, latenessMs, sentMs };
      const delivery = await afterFailure(context, event, tried);
      if (delivery !== undefined) return delivery;
      if (error.undecided) unanswered = failure(context, event, tried);
    }
  }
}

function obstacleTo(run: SweepRun, event: DueEvent, nowMs: number): Delivery | undefined {
  const isEarly = nowMs < event.atMs;
  if (isEarly || run.shutdown.startSignal.aborted) return { outcome: "untried" };
  const obstacle = run.shutdown.obstacleTo(event.size);
  if (obstacle === "stopped") return { outcome: "untried" };
  if (isExpired(run, event)) return { outcome: "expired" };
  return obstacle && tooLarge(event, obstacle.tooLarge);
}

/** One that expired may have been copied by an earlier sweep, where the store can't move. */
function lookIfExpired(
  context: DeliverContext,
  event: DueEvent,
  obstacle: Delivery,
  move: boolean,
): Delivery | Promise<Delivery> {
  const mustLook = move && obstacle.outcome === "expired";
  return mustLook ? deliverByCopy(context, event, context.history.mayBeDelivered(event)) : obstacle;
}

/** What a failed try comes to; `undefined`: it is time now for another one. */
async function afterFailure(
  context: DeliverContext,
  event: DueEvent,
  tried: FailedTry,
): Promise<Delivery | undefined> {
  const { error, latenessMs, sentMs } = tried;
  // The store can't move this pair atomically, and has changed nothing.
  if (tried.move && error.code === "not-supported") {
    return deliverByCopy(context, event, context.history.mayBeDelivered(event));
  }
  // A move without an answer is deleted again, which does no harm.
  const copied = { outcome: "delivered", isRemoved: false, latenessMs } as const;

  if (error.code === "throttled") context.onThrottled(sentMs);
  if (error.undecided && (await findOnce(context, event)) === "found") return copied;
  const isWorthATry = await pauseBeforeRepeat(context.run, event, tried);
  if (!isWorthATry) return failure(context, event, tried);
  if (!error.undecided) return undefined;
  const found = await findOnce(context, event);
  if (found === "found") return copied;
  if (found === "unknown") return failure(context, event, tried);
  context.run.report({ type: "repeated", id: event.id, error });
  return undefined;
}

/** The look after a copy without an answer may go on until the deletes end. */
async function findOnce({ storeTarget, run }: DeliverContext, event: DueEvent) {
  try {
    return await storeTarget.find(event, run.shutdown.deleteSignal);
  } catch (caught) {
    rethrowUnlessStoreError(caught);
    return "unknown";
  }
}

/** Waits before the same copy is sent again; false if that is left to a later sweep. */
async function pauseBeforeRepeat(
  { schedule, shutdown }: SweepRun,
  { deliveryId }: DueEvent,
  { error, attempt, isRepeated, sentMs }: FailedTry,
): Promise<boolean> {
  const { clock, random } = schedule;
  const { retryable, undecided } = error;
  if (!retryable || attempt === COPY_ATTEMPTS) return false;
  const canBeFound = deliveryId !== undefined;
  const hasFailedAtOnce = clock.monotonic() - sentMs <= FAILED_AT_ONCE_MS;
  const isWorthALook = canBeFound && !isRepeated && hasFailedAtOnce;
  if (undecided && !isWorthALook) return false;
  const pauseMs = undecided ? LOOK_AGAIN_MS : retryPauseMs(attempt, random);
  await sleepUnlessAborted(clock, pauseMs, shutdown.startSignal);
  return !shutdown.startSignal.aborted;
}

function failure(
  { history, run }: DeliverContext,
  event: DueEvent,
  { error, wasTried }: FailedTry,
): FailedDelivery {
  if (error.code === "aborted") return failed(error, false);
  // A name that the store can't have never works. Anything else may be repaired until the event has been tried for `maxAgeMs`.
  if (error.code === "invalid-key") return failed(error, true, "target-invalid");
  const isOld = history.nowMs() - event.sinceMs >= run.options.maxAgeMs;
  return failed(error, true, isOld && wasTried ? "max-age" : undefined);
}

/** `wasAsked`: false if the sweep did not send the copy, or aborted it, so that the failure says nothing about the event. */
function failed(
  error: ObjectStoreError,
  wasAsked: boolean,
  deadLetterReason?: DeadLetterReason,
): FailedDelivery {
  return { outcome: "failed", error, wasAsked, deadLetterReason };
}

function tooLarge({ to }: DueEvent, message: string): FailedDelivery {
  const details = { code: "unavailable", undecided: false, operation: "copy", message } as const;
  return failed(new ObjectStoreError({ ...to, ...details }), false);
}

/** It may have been delivered, and the store does not answer whether it was: it waits, undecided. */
function unlooked({ to }: DueEvent, cause: ObjectStoreError): FailedDelivery {
  const { code, retryable } = cause;
  const message = `an earlier sweep may have delivered it, and the store does not answer whether it did, so it waits (${cause.message})`;
  const details = { code, retryable, undecided: true, operation: "head", message, cause } as const;
  return failed(new ObjectStoreError({ ...to, ...details }), true);
}

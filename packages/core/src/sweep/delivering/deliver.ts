import type { Clock } from "../../clock.js";
import type { RandomSource } from "../../random.js";
import { retryPauseMs } from "../../requests/retry.js";
import type { CopyOptions, ObjectStore, StoreCall } from "../../store/object-store.js";
import { ObjectStoreError, storeErrorOf } from "../../store/object-store-error.js";
import type { DueEvent } from "../due-event.js";
import type { TryHistory } from "../retrying/try-history.js";
import type { CopyPermit } from "./copy-permit.js";
import { lookAtTarget, lookUntilAnswered, unlookedFor } from "./look-at-target.js";

/** What became of one event's way to its target. */
export type Delivery =
  /** Confirmed at the target; `isMoved`: and already gone from the schedule. */
  | { readonly outcome: "copied"; readonly isMoved: boolean; readonly latenessMs: number }
  /** An earlier sweep had copied it. */
  | { readonly outcome: "found" }
  | { readonly outcome: "gone" }
  /** The clock was set back, so the event isn't due any more, or nothing new may start. */
  | { readonly outcome: "untried" }
  /** It failed before and waits for its next try. */
  | { readonly outcome: "backing-off" }
  /** It may have been delivered, and the store does not answer whether it was; so it had no try. */
  | { readonly outcome: "unseen"; readonly error: ObjectStoreError }
  /** `wasSent`: the store had its chance. */
  | { readonly outcome: "failed"; readonly error: ObjectStoreError; readonly wasSent: boolean };

export interface DeliverOptions {
  readonly store: ObjectStore;
  /** The schedule's bucket. */
  readonly bucket: string;
  readonly clock: Clock;
  /** The wall clock, as far as it can be believed. */
  readonly now: () => number;
  readonly random: RandomSource;
  readonly history: TryHistory;
  readonly permit: CopyPermit;
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

const ATTEMPTS = 5;
/** A copy without an answer that failed so soon was hardly under way: a connection that the server had closed. */
const FAILED_AT_ONCE_MS = 5_000;
/** Until it is looked whether such a copy has come through after all. */
const LOOK_AGAIN_MS = 2_000;

/**
 * Copies or moves one event to its target, unless an earlier sweep has. `isFreed`: its elder has just been delivered,
 * so it doesn't wait for a next try of its own. What the store certainly did not carry out is tried again here, and once
 * more what failed at once and is not found at its target; any other failure is a later sweep's.
 */
export function deliver(
  options: DeliverOptions,
  event: DueEvent,
  isFreed: boolean,
): Promise<Delivery> {
  const { history } = options;
  const backsOff = !isFreed && history.backsOffUntilMs(event) !== undefined;
  if (backsOff) return Promise.resolve({ outcome: "backing-off" });
  return canMove(options, event) ? moveOrCopy(options, event) : copyUnlessThere(options, event);
}

/** A move is atomic, so an event that still waits was never moved: there is no need to look at its target first. */
async function moveOrCopy(options: DeliverOptions, event: DueEvent): Promise<Delivery> {
  const delivery = await tryUntilAnswered(options, event, true);
  return isUnmovable(delivery) ? copyUnlessThere(options, event) : delivery;
}

/** The store can't move this pair atomically, and has changed nothing. */
function isUnmovable(delivery: Delivery): boolean {
  return delivery.outcome === "failed" && delivery.error.code === "not-supported";
}

async function copyUnlessThere(options: DeliverOptions, event: DueEvent): Promise<Delivery> {
  if (!options.history.mayBeDelivered(event)) return tryUntilAnswered(options, event, false);
  const look = await lookUntilAnswered(options, event);
  if (look.found === "there") return { outcome: "found" };
  if (look.found !== "unanswered") return tryUntilAnswered(options, event, false);
  return { outcome: "unseen", error: unlookedFor(event, look.error) };
}

/** One try of a copy. */
interface Try {
  readonly attempt: number;
  /** It is the one more of a copy without an answer. */
  readonly isRepeated: boolean;
  readonly latenessMs: number;
  /** When it was sent (monotonic). */
  readonly sentMs: number;
}

async function tryUntilAnswered(
  options: DeliverOptions,
  event: DueEvent,
  isMoved: boolean,
): Promise<Delivery> {
  let unanswered: Delivery | undefined; // the one that is sent once more: it may yet come through
  for (let attempt = 1; ; attempt++) {
    const nowMs = options.now();
    const obstacle = obstacleTo(options, event, nowMs);
    if (obstacle !== undefined) return unanswered ?? obstacle;
    const latenessMs = nowMs - event.atMs;
    const sentMs = options.clock.monotonic();
    try {
      const { outcome } = await transfer(options, event, isMoved);
      return outcome === "copied" ? { outcome, isMoved, latenessMs } : { outcome: "gone" };
    } catch (caught) {
      const error = storeErrorOf(caught);
      const tried = { attempt, isRepeated: unanswered !== undefined, latenessMs, sentMs };
      const { delivery, isTriedAgain } = await afterFailure(options, event, error, tried);
      if (!isTriedAgain) return delivery;
      if (error.undecided) unanswered = delivery;
    }
  }
}

/** Why the copy may not start at `nowMs`, looked at immediately before; `undefined` if it may. */
function obstacleTo(options: DeliverOptions, event: DueEvent, nowMs: number): Delivery | undefined {
  const isEarly = nowMs < event.atMs;
  if (isEarly || options.startSignal.aborted) return { outcome: "untried" };
  const refusal = options.permit(event.size);
  return refusal === undefined ? undefined : refuse(event, refusal);
}

/** What a failed try comes to, and whether it is time now for another one. */
async function afterFailure(
  options: DeliverOptions,
  event: DueEvent,
  error: ObjectStoreError,
  tried: Try,
): Promise<{ readonly delivery: Delivery; readonly isTriedAgain: boolean }> {
  const { latenessMs, sentMs } = tried;
  const failed = { outcome: "failed", error, wasSent: error.code !== "aborted" } as const;
  // A move without an answer is deleted once more, which hurts nobody.
  const copied = { outcome: "copied", isMoved: false, latenessMs } as const;
  const lookAgain = () => lookAtTarget(options.store, event, options.lookSignal);

  if (error.code === "throttled") options.onThrottled(sentMs);
  if (error.undecided && (await lookAgain()).found === "there") return ended(copied);
  if (!(await pauseBeforeRepeat(options, event, error, tried))) return ended(failed);
  if (!error.undecided) return { delivery: failed, isTriedAgain: true };
  const { found } = await lookAgain();
  if (found === "there") return ended(copied);
  if (found !== "not-there") return ended(failed);
  options.onRepeat(event, error);
  return { delivery: failed, isTriedAgain: true };
}

function ended(delivery: Delivery) {
  return { delivery, isTriedAgain: false };
}

/** Waits before the same copy is sent again; false if that is a later sweep's. */
async function pauseBeforeRepeat(
  { clock, random, startSignal }: DeliverOptions,
  { deliveryId }: DueEvent,
  { retryable, undecided }: ObjectStoreError,
  { attempt, isRepeated, sentMs }: Try,
): Promise<boolean> {
  if (!retryable || attempt === ATTEMPTS) return false;
  const isKnown = deliveryId !== undefined; // else no look would tell
  const hasFailedAtOnce = clock.monotonic() - sentMs <= FAILED_AT_ONCE_MS;
  const isWorthALook = isKnown && !isRepeated && hasFailedAtOnce;
  if (undecided && !isWorthALook) return false;
  const pauseMs = undecided ? LOOK_AGAIN_MS : retryPauseMs(attempt, random);
  if (!startSignal.aborted) await clock.sleep(pauseMs, { signal: startSignal });
  return !startSignal.aborted;
}

function refuse(event: DueEvent, refusal: "not-now" | { readonly tooLarge: string }): Delivery {
  if (refusal === "not-now") return { outcome: "untried" };
  const error = new ObjectStoreError({
    ...event.to,
    code: "unavailable",
    undecided: false,
    operation: "copy",
    message: refusal.tooLarge,
  });
  return { outcome: "failed", error, wasSent: false };
}

function canMove({ store, bucket }: DeliverOptions, { to }: DueEvent): boolean {
  const where = store.capabilities.move;
  return where === "any-bucket" || (where === "same-bucket" && to.bucket === bucket);
}

function transfer(
  { store, bucket, copySignal }: DeliverOptions,
  event: DueEvent,
  isMoved: boolean,
): ReturnType<ObjectStore["copy"]> {
  const source = { bucket, key: event.key };
  const options: CopyOptions & StoreCall = { size: event.size, signal: copySignal };
  return isMoved && store.move !== undefined
    ? store.move(source, event.to, options)
    : store.copy(source, event.to, options);
}

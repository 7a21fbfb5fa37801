import type { Clock } from "../../clock.js";
import { isCopyOf } from "../../options/metadata.js";
import type { RandomSource } from "../../random.js";
import { retryPauseMs } from "../../requests/retry.js";
import type { CopyOptions, ObjectStore, StoreCall } from "../../store/object-store.js";
import { ObjectStoreError, storeErrorOf } from "../../store/object-store-error.js";
import type { DueEvent } from "../due-event.js";
import type { TryHistory } from "../retrying/try-history.js";
import type { CopyPermit } from "./copy-permit.js";

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
export async function deliver(
  options: DeliverOptions,
  event: DueEvent,
  isFreed: boolean,
): Promise<Delivery> {
  const { history, copySignal } = options;
  const backsOff = !isFreed && history.backsOffUntilMs(event) !== undefined;
  if (backsOff) return { outcome: "backing-off" };
  const isMoved = canMove(options, event); // in one step, so never half done
  const mustLook = !isMoved && history.mayBeDelivered(event);
  const look = mustLook && (await lookAtTarget(options, event, copySignal));
  if (look === "there") return { outcome: "found" };
  return await tryUntilAnswered(options, event, isMoved);
}

async function tryUntilAnswered(
  options: DeliverOptions,
  event: DueEvent,
  isMoved: boolean,
): Promise<Delivery> {
  const { clock } = options;
  let unanswered: Delivery | undefined; // the one that is sent once more: it may yet come through
  for (let attempt = 1; ; attempt++) {
    const obstacle = obstacleTo(options, event);
    if (obstacle !== undefined) return unanswered ?? obstacle;
    const latenessMs = options.now() - event.atMs;
    const sentMs = clock.monotonic();
    const delivery = await tryOnce(options, event, isMoved, { latenessMs, sentMs });
    if (delivery.outcome !== "failed") return delivery;
    const { error } = delivery;
    const isRepeated = unanswered !== undefined;
    const so = { attempt, isRepeated, tookMs: clock.monotonic() - sentMs };
    if (!(await pauseBeforeRepeat(options, event, error, so))) return delivery;
    if (!error.undecided) continue;
    const look = await lookAtTarget(options, event, options.lookSignal);
    if (look === "there") return { outcome: "copied", isMoved: false, latenessMs };
    if (look === "unknown") return delivery;
    unanswered = delivery;
    options.onRepeat(event, error);
  }
}

/** Why the copy may not start now, looked at immediately before; `undefined` if it may. */
function obstacleTo(options: DeliverOptions, event: DueEvent): Delivery | undefined {
  const isEarly = options.now() < event.atMs;
  if (isEarly || options.startSignal.aborted) return { outcome: "untried" };
  const refusal = options.permit(event.size);
  return refusal === undefined ? undefined : refuse(event, refusal);
}

/** Waits before the same copy is sent again; false if that is a later sweep's. */
async function pauseBeforeRepeat(
  { clock, random, startSignal }: DeliverOptions,
  { deliveryId }: DueEvent,
  { retryable, undecided }: ObjectStoreError,
  so: { readonly attempt: number; readonly isRepeated: boolean; readonly tookMs: number },
): Promise<boolean> {
  if (!retryable || so.attempt === ATTEMPTS) return false;
  const isKnown = deliveryId !== undefined; // else no look would tell
  const isWorthALook = isKnown && !so.isRepeated && so.tookMs <= FAILED_AT_ONCE_MS;
  if (undecided && !isWorthALook) return false;
  const pauseMs = undecided ? LOOK_AGAIN_MS : retryPauseMs(so.attempt, random);
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

async function tryOnce(
  options: DeliverOptions,
  event: DueEvent,
  isMoved: boolean,
  { latenessMs, sentMs }: { readonly latenessMs: number; readonly sentMs: number },
): Promise<Delivery> {
  try {
    const { outcome } = await transfer(options, event, isMoved);
    return outcome === "copied" ? { outcome, isMoved, latenessMs } : { outcome: "gone" };
  } catch (caught) {
    const error = storeErrorOf(caught);
    if (error.code === "throttled") options.onThrottled(sentMs);
    const look = error.undecided && (await lookAtTarget(options, event, options.lookSignal));
    // A move without an answer is deleted once more, which hurts nobody.
    if (look === "there") return { outcome: "copied", isMoved: false, latenessMs };
    return { outcome: "failed", error, wasSent: error.code !== "aborted" };
  }
}

/** Whether the target is this event's copy; `unknown` if nothing tells. */
async function lookAtTarget(
  { store }: DeliverOptions,
  event: DueEvent,
  signal: AbortSignal,
): Promise<"there" | "not-there" | "unknown"> {
  if (event.deliveryId === undefined) return "unknown";
  try {
    const info = await store.head(event.to, { signal });
    return info !== undefined && isCopyOf(event, info.metadata) ? "there" : "not-there";
  } catch (caught) {
    storeErrorOf(caught);
    return "unknown";
  }
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

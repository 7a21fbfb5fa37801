import type { Clock } from "../clock.js";
import { isCopyOf } from "../options/metadata.js";
import type { RandomSource } from "../random.js";
import { retryPauseMs } from "../requests/retry.js";
import type { CopyOptions, ObjectStore, StoreCall } from "../store/object-store.js";
import { isStoreError, ObjectStoreError } from "../store/object-store-error.js";
import type { CopyPermit } from "./copy-permit.js";
import type { DueEvent } from "./due-event.js";
import type { TryHistory } from "./try-history.js";

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
  readonly random: RandomSource;
  readonly history: TryHistory;
  readonly permit: CopyPermit;
  /** Aborts the copy. */
  readonly copySignal: AbortSignal;
  /** Aborts when nothing new may start, another try included. */
  readonly startSignal: AbortSignal;
  /** Aborts the look at the target after a copy without an answer. */
  readonly lookSignal: AbortSignal;
  readonly onThrottled: () => void;
}

const ATTEMPTS = 5;

/**
 * Copies or moves one event to its target, unless an earlier sweep has. Only a throttled request, which the
 * store certainly did not carry out, is tried again here; any other failure is a later sweep's.
 */
export async function deliver(options: DeliverOptions, event: DueEvent): Promise<Delivery> {
  const { history, copySignal } = options;
  if (history.backsOffUntilMs(event) !== undefined) return { outcome: "backing-off" };
  const isMoved = canMove(options, event); // in one step, so never half done
  const mustLook = !isMoved && history.mayBeDelivered(event);
  if (mustLook && (await isAtTarget(options, event, copySignal))) return { outcome: "found" };
  return tryUntilAnswered(options, event, isMoved);
}

async function tryUntilAnswered(
  options: DeliverOptions,
  event: DueEvent,
  isMoved: boolean,
): Promise<Delivery> {
  const { clock, startSignal, random } = options;
  for (let attempt = 1; ; attempt++) {
    const startedAtMs = clock.now();
    if (startedAtMs < event.atMs || startSignal.aborted) return { outcome: "untried" };
    const refusal = options.permit(event.size);
    if (refusal !== undefined) return refuse(event, refusal);
    const delivery = await tryOnce(options, event, isMoved, startedAtMs - event.atMs);
    if (delivery.outcome !== "failed" || delivery.error.code !== "throttled") return delivery;
    options.onThrottled();
    if (attempt === ATTEMPTS || startSignal.aborted) return delivery;
    await clock.sleep(retryPauseMs(attempt, random), { signal: startSignal });
  }
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
  latenessMs: number,
): Promise<Delivery> {
  try {
    const { outcome } = await transfer(options, event, isMoved);
    return outcome === "copied" ? { outcome, isMoved, latenessMs } : { outcome: "gone" };
  } catch (error) {
    if (!isStoreError(error)) throw error;
    const isThere = error.undecided && (await isAtTarget(options, event, options.lookSignal));
    // A move without an answer is deleted once more, which hurts nobody.
    if (isThere) return { outcome: "copied", isMoved: false, latenessMs };
    return { outcome: "failed", error, wasSent: error.code !== "aborted" };
  }
}

/** Whether the target is this event's copy; anything else, a look that fails included, is "no". */
async function isAtTarget(
  { store }: DeliverOptions,
  event: DueEvent,
  signal: AbortSignal,
): Promise<boolean> {
  if (event.deliveryId === undefined) return false; // nothing would tell
  try {
    const info = await store.head(event.to, { signal });
    return info !== undefined && isCopyOf(event, info.metadata);
  } catch (error) {
    if (isStoreError(error)) return false;
    throw error;
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

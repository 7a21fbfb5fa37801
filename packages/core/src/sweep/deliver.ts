import type { Clock } from "../clock.js";
import type { RandomSource } from "../random.js";
import { retryPauseMs } from "../requests/retry.js";
import type { CopyOptions, ObjectStore, StoreCall } from "../store/object-store.js";
import { isStoreError, type ObjectStoreError } from "../store/object-store-error.js";
import type { DueEvent } from "./due-event.js";

/** What became of one event's way to its target. */
export type Delivery =
  /** Confirmed at the target; `isMoved`: and already gone from the schedule. */
  | { readonly outcome: "copied"; readonly isMoved: boolean; readonly latenessMs: number }
  | { readonly outcome: "gone" }
  /** The clock was set back: the event isn't due any more. */
  | { readonly outcome: "early" }
  | { readonly outcome: "failed"; readonly error: ObjectStoreError };

export interface DeliverOptions {
  readonly store: ObjectStore;
  /** The schedule's bucket. */
  readonly bucket: string;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Aborts the copy. */
  readonly copySignal: AbortSignal;
  /** Aborts when nothing new may start, another try included. */
  readonly startSignal: AbortSignal;
  readonly onThrottled: () => void;
}

const ATTEMPTS = 5;

/**
 * Copies or moves one event to its target. Only a throttled request, which the store certainly did not
 * carry out, is tried again here; any other failure is the next sweep's.
 */
export async function deliver(options: DeliverOptions, event: DueEvent): Promise<Delivery> {
  const { clock, startSignal, random } = options;
  const startedAtMs = clock.now();
  if (startedAtMs < event.atMs) return { outcome: "early" };
  for (let attempt = 1; ; attempt++) {
    const delivery = await tryOnce(options, event, startedAtMs - event.atMs);
    if (delivery.outcome !== "failed" || delivery.error.code !== "throttled") return delivery;
    options.onThrottled();
    if (attempt === ATTEMPTS || startSignal.aborted) return delivery;
    await clock.sleep(retryPauseMs(attempt, random), { signal: startSignal });
  }
}

async function tryOnce(
  options: DeliverOptions,
  event: DueEvent,
  latenessMs: number,
): Promise<Delivery> {
  const isMoved = canMove(options, event);
  try {
    const { outcome } = await transfer(options, event, isMoved);
    return outcome === "copied" ? { outcome, isMoved, latenessMs } : { outcome: "gone" };
  } catch (error) {
    if (isStoreError(error)) return { outcome: "failed", error };
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

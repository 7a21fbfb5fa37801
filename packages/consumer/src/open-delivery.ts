import {
  type Clock,
  checkOptionNames,
  checkParts,
  checkSignal,
  checkTargetNames,
  deleteOne,
  guardedStore,
  isSameDelivery,
  type RandomSource,
  type RetryPolicy,
  retry,
  systemClock,
  systemRandom,
} from "@keywhen/core/internal";
import type { ObjectInfo, ObjectRef, ObjectStore } from "@keywhen/core/store";
import { type Delivery, deliveryOf } from "./delivery.js";

/** How an object is opened: the store, and the clock and the randomness for retries. */
export interface DeliveryOptions {
  readonly store: ObjectStore;
  readonly signal?: AbortSignal | undefined;
  /** @default this machine's clock */
  readonly clock?: Clock | undefined;
  /** @default the platform's cryptographic source */
  readonly random?: RandomSource | undefined;
}

/** Throws `invalid-option` for unknown names, and for values that are not a store, a clock or a random source. */
export function checkDeliveryOptions(
  options: DeliveryOptions,
  known: readonly string[],
  of: string,
): void {
  checkOptionNames(options, known, of);
  checkSignal(options.signal);
  checkParts(options);
}

/** Opens an object as a delivery, one GET; `undefined` if it is missing. */
export async function openDelivery(
  { bucket, key }: ObjectRef,
  messageId: string | undefined,
  { store, signal, clock = systemClock, random = systemRandom }: DeliveryOptions,
): Promise<Delivery | undefined> {
  const ref = { bucket, key };
  const policy = { clock, random, signal };
  // Not limited: the limit's signal would end with the headers, the caller's also ends the body.
  const opened = await retry(policy, () => store.get(ref, { signal }));
  if (opened === undefined) return undefined;
  const guarded = guardedStore(store, clock);
  return deliveryOf({ ...ref, messageId }, opened, () => remove(guarded, ref, opened, policy));
}

async function remove(
  store: ObjectStore,
  ref: ObjectRef,
  read: ObjectInfo,
  policy: RetryPolicy,
): Promise<"removed" | "changed"> {
  const { signal } = policy;
  const now = await retry(policy, () => store.head(ref, { signal }));
  if (now === undefined) return "removed";
  if (!isSame(read, now)) return "changed";
  await retry(policy, () => deleteOne(store, ref, { signal }));
  return "removed";
}

/** A version can be the same for the same body (S3's ETag), so the delivery has to be the same, too. */
function isSame(one: ObjectInfo, other: ObjectInfo): boolean {
  return (
    one.version === other.version &&
    isSameDelivery(one.metadata, other.metadata) &&
    wholeSeconds(one) === wholeSeconds(other)
  );
}

/** GET and HEAD of one object may report its time with different precision. */
function wholeSeconds({ lastModified }: ObjectInfo): number {
  return Math.floor(lastModified.getTime() / 1000);
}

/**
 * Opens the delivery at a target without a notification, one GET: for a worker that lists its target. Returns `undefined`
 * if the object is missing. Read its body, or cancel it.
 */
export async function deliveryAt(
  target: ObjectRef,
  options: DeliveryOptions,
): Promise<Delivery | undefined> {
  checkDeliveryOptions(options, ["store", "signal", "clock", "random"], "deliveryAt()");
  checkTargetNames(isObject(target) ? { bucket: target.bucket, key: target.key } : target);
  return openDelivery(target, undefined, options);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

import type { Clock } from "../clock.js";
import { checkSignal } from "../options/check-call.js";
import { checkOptionNames } from "../options/check-option-names.js";
import { checkClock, checkRandom, checkStore } from "../options/check-parts.js";
import { DELIVERY_ID_NAME, DUE_INSTANT_NAME } from "../options/metadata.js";
import { type RandomSource, systemRandom } from "../random.js";
import { deleteOne } from "../requests/delete-answer.js";
import { limitedStore } from "../requests/limited-store.js";
import { type RetryPolicy, retry } from "../requests/retry.js";
import type { ObjectInfo, ObjectRef, ObjectStore } from "../store/object-store.js";
import { systemClock } from "../system-clock.js";
import { type Delivery, deliveryOf } from "./delivery.js";

/** How an object is opened: by which store, and by whose clock and randomness it is tried again. */
export interface DeliveryOptions {
  readonly store: ObjectStore;
  readonly signal?: AbortSignal | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  /** @default the platform's cryptographic source */
  readonly random?: RandomSource | undefined;
}

/** Throws `invalid-option` for unknown names and for a store, clock or random source that is none. */
export function checkDeliveryOptions(
  options: DeliveryOptions,
  known: readonly string[],
  of: string,
): void {
  checkOptionNames(options, known, of);
  checkSignal(options.signal);
  checkStore(options.store);
  checkClock(options.clock);
  checkRandom(options.random);
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
  const limited = limitedStore(store, clock);
  return deliveryOf({ ...ref, messageId }, opened, () => remove(limited, ref, opened, policy));
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
    one.metadata[DELIVERY_ID_NAME] === other.metadata[DELIVERY_ID_NAME] &&
    one.metadata[DUE_INSTANT_NAME] === other.metadata[DUE_INSTANT_NAME] &&
    wholeSeconds(one) === wholeSeconds(other)
  );
}

/** GET and HEAD of one object may report its time with different precision. */
function wholeSeconds({ lastModified }: ObjectInfo): number {
  return Math.floor(lastModified.getTime() / 1000);
}

import type { Clock } from "../clock.js";
import { checkOptionNames } from "../options/check-option-names.js";
import { DELIVERY_ID_NAME, DUE_INSTANT_NAME } from "../options/metadata.js";
import { type RandomSource, systemRandom } from "../random.js";
import { deleteOne } from "../requests/delete-answer.js";
import { limitedStore } from "../requests/limited-store.js";
import { type RetryPolicy, retry } from "../requests/retry.js";
import type { ObjectInfo, ObjectRef, ObjectStore } from "../store/object-store.js";
import { compileAllowTargets } from "../sweep/allow-targets.js";
import { systemClock } from "../system-clock.js";
import { type Delivery, deliveryOf } from "./delivery.js";
import { parseNotification } from "./parse-notification.js";

export interface DeliveriesOptions {
  readonly store: ObjectStore;
  /**
   * Which targets are read: `"bucket/*"`, `"bucket/prefix/*"`, `"bucket/key"`; others are passed over. Set it
   * on a public endpoint: there the payload names what you read. @default every one
   */
  readonly allowTargets?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  /** @default the platform's cryptographic source */
  readonly random?: RandomSource | undefined;
}

/**
 * The deliveries that a notification tells of, one GET each, in its order; objects that have gone (a repeated
 * notification) are skipped. Takes what `parseNotification` takes and throws at once what that throws; a
 * store's error ends the loop, so that the notification is sent again.
 */
export function deliveries(
  notification: unknown,
  options: DeliveriesOptions,
): AsyncIterable<Delivery> {
  checkOptionNames(options, ["store", "allowTargets", "signal", "clock", "random"], "deliveries()");
  const { allowTargets } = options;
  const isAllowed = allowTargets === undefined ? () => true : compileAllowTargets(allowTargets);
  return openAll(parseNotification(notification).filter(isAllowed), options);
}

async function* openAll(
  refs: readonly ObjectRef[],
  { store, signal, clock = systemClock, random = systemRandom }: DeliveriesOptions,
): AsyncGenerator<Delivery, void> {
  const policy = { clock, random, signal };
  const limited = limitedStore(store, clock);
  for (const ref of refs) {
    // Not limited: the limit's signal would end with the headers, the caller's also ends the body.
    const opened = await retry(policy, () => store.get(ref, { signal }));
    if (opened === undefined) continue;
    try {
      yield deliveryOf(ref, opened, () => remove(limited, ref, opened, policy));
    } finally {
      if (!opened.body.locked) await opened.body.cancel();
    }
  }
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

/** GET and HEAD of one object may tell its time differently finely. */
function wholeSeconds({ lastModified }: ObjectInfo): number {
  return Math.floor(lastModified.getTime() / 1000);
}

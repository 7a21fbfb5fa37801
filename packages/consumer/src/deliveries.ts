import { KeywhenError } from "@keywhen/core";
import { answered, compileAllowTargets } from "@keywhen/core/internal";
import { isStoreError } from "@keywhen/core/store";
import type { Delivery } from "./delivery.js";
import type { DeliveryFailure, NotifiedObject } from "./notified-object.js";
import { checkDeliveryOptions, type DeliveryOptions, openDelivery } from "./open-delivery.js";
import { type ReadFailure, type Reading, readNotification } from "./read-notification.js";

export interface DeliveriesOptions extends DeliveryOptions {
  /**
   * Which targets are read: `"bucket/*"`, `"bucket/prefix/*"`, `"bucket/key"`; others are passed over. Set it
   * on a public endpoint: there the payload names what you read. @default every one
   */
  readonly allowTargets?: readonly string[] | undefined;
  /**
   * Called for each message that can't be read and each object that can't be opened, with the message's id, so that a
   * queue can deliver that message again (SQS: `batchItemFailures`). The loop then ends without an error. A promise that
   * it returns is awaited; if it throws or rejects, the loop ends with that.
   * @default the loop throws what failed, after everything that can be read
   */
  readonly onFailure?: ((failure: DeliveryFailure) => void) | undefined;
}

const OPTIONS = ["store", "allowTargets", "onFailure", "signal", "clock", "random"];

/**
 * The deliveries that a notification reports, one GET each, in its order; objects that have gone (a repeated
 * notification) are skipped. Takes what `parseNotification` takes, and throws immediately if that isn't a notification.
 * A message that can't be read, or an object that can't be opened, doesn't keep the others: it is thrown at the loop's end,
 * so that the notification is sent again, or passed to `onFailure`.
 */
export function deliveries(
  notification: unknown,
  options: DeliveriesOptions,
): AsyncIterable<Delivery> {
  checkDeliveryOptions(options, OPTIONS, "deliveries()");
  const { allowTargets } = options;
  const isAllowed = allowTargets === undefined ? () => true : compileAllowTargets(allowTargets);
  const readings = readNotification(notification);
  return openAll(
    readings.filter((reading) => "error" in reading || isAllowed(reading)),
    options,
  );
}

async function* openAll(
  readings: readonly Reading[],
  options: DeliveriesOptions,
): AsyncGenerator<Delivery, void> {
  const failures: ReadFailure[] = [];
  const { onFailure = (failure: ReadFailure) => void failures.push(failure) } = options;
  for (const reading of readings) {
    const delivery = "error" in reading ? reading : await openOrFail(reading, options);
    if (delivery === undefined) continue;
    if ("error" in delivery) {
      await answered(onFailure(delivery));
      continue;
    }
    try {
      yield delivery;
    } finally {
      await letGo(delivery.body);
    }
  }
  const [first, ...others] = failures;
  if (first !== undefined) throw errorOf(first, others, readings.length);
}

/** Cancels a body without a reader. A body that broke off has already thrown at its reader, so it must not end the loop. */
async function letGo(body: Delivery["body"]): Promise<void> {
  if (!body.locked) await body.cancel().catch(() => {});
}

/** Opens an object; an error that is this object's own is its failure, an end that the caller asked for is thrown. */
async function openOrFail(
  object: NotifiedObject,
  options: DeliveriesOptions,
): Promise<Delivery | ReadFailure | undefined> {
  const { bucket, key, messageId } = object;
  try {
    return await openDelivery(object, messageId, options);
  } catch (error) {
    if (!isStoreError(error) || error.code === "aborted") throw error;
    return { messageId, object: { bucket, key }, error };
  }
}

function errorOf(first: ReadFailure, others: readonly ReadFailure[], all: number): Error {
  if (others.length === 0) return first.error;
  const errors = [first, ...others].map(({ error }) => error);
  return new KeywhenError(
    "batch-incomplete",
    `${errors.length} of the notification's ${all} objects could not be read. The first: ${first.error.message} Let the service send the notification again, or handle each failure in onFailure.`,
    { cause: new AggregateError(errors) },
  );
}

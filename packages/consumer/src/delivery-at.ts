import { checkTargetNames } from "@keywhen/core/internal";
import type { ObjectRef } from "@keywhen/core/store";
import type { Delivery } from "./delivery.js";
import { checkDeliveryOptions, type DeliveryOptions, openDelivery } from "./open-delivery.js";

/**
 * Opens the delivery at a target without a notification, one GET: for a worker that lists its target. `undefined` if
 * it is missing, or gone. Read its body, or cancel it.
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

import { checkOptionNames } from "../options/check-option-names.js";
import type { ObjectRef } from "../store/object-store.js";
import type { Delivery } from "./delivery.js";
import { type DeliveryOptions, openDelivery } from "./open-delivery.js";

/**
 * Opens the delivery at a target without a notification, one GET: for a worker that lists its target. `undefined` if
 * there is none (any more). Read its body, or cancel it.
 */
export async function deliveryAt(
  target: ObjectRef,
  options: DeliveryOptions,
): Promise<Delivery | undefined> {
  checkOptionNames(options, ["store", "signal", "clock", "random"], "deliveryAt()");
  return openDelivery(target, undefined, options);
}

export { type DeliveriesOptions, deliveries } from "./consumer/deliveries.js";
export type { Delivery } from "./consumer/delivery.js";
export { deliveryAt } from "./consumer/delivery-at.js";
export type { DeliveryFailure, NotifiedObject } from "./consumer/notified-object.js";
export type { DeliveryOptions } from "./consumer/open-delivery.js";
export { type ParseNotificationOptions, parseNotification } from "./consumer/parse-notification.js";
export type { SchemaIssue, StandardSchema } from "./consumer/standard-schema.js";

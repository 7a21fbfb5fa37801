export { type DeliveriesOptions, deliveries } from "./deliveries.js";
export type { Delivery } from "./delivery.js";
export { DoNotRetry, type HandlerDelivery, type HandlerOptions, handler } from "./handler.js";
export type { DeliveryFailure, NotifiedObject } from "./notified-object.js";
export { type DeliveryOptions, deliveryAt } from "./open-delivery.js";
export { type ParseNotificationOptions, parseNotification } from "./parse-notification.js";
export type { SchemaIssue, StandardSchema } from "./standard-schema.js";

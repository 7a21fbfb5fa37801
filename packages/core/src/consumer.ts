export { type DeliveriesOptions, deliveries } from "./consumer/deliveries.js";
export type { Delivery } from "./consumer/delivery.js";
export { parseNotification } from "./consumer/parse-notification.js";
export type { SchemaIssue, StandardSchema } from "./consumer/standard-schema.js";

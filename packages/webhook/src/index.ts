export { webhook } from "./webhook.js";
export type { WebhookOptions } from "./webhook-options.js";

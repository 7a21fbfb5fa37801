export { destinationsOf, type KeyRule, readKeyRule } from "./key-rules.js";
export { readWebhookRules, WEBHOOK_SECRET } from "./webhook-rules.js";

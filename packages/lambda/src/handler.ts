// The deployed function: one sweep per invocation, configured by its environment. A wrong configuration fails while the
// function starts, before any invocation.
import { open } from "@keywhen/adapter-s3/url";
import { destinationsOf, readWebhookRules } from "@keywhen/host/destinations";
import { recurringWakeUps } from "@keywhen/recurring";
import { createSweepHandler } from "./create-sweep-handler.js";
import { readEnvironment } from "./read-environment.js";

const { storeUrl, metricsNamespace, webhookRules, ...options } = readEnvironment(process.env);
const owner = process.env["AWS_LAMBDA_FUNCTION_NAME"];
const metrics = metricsNamespace
  ? { namespace: metricsNamespace, functionName: owner ?? "keywhen" }
  : undefined;
const { store, bucket, root } = await open(storeUrl, process.env);

const wakeUps = recurringWakeUps();
const webhooks = readWebhookRules(webhookRules, { setting: "KEYWHEN_POST", env: process.env });
const destinations = webhooks.length > 0 ? destinationsOf(webhooks) : undefined;

export const handler = createSweepHandler({
  ...{ store, bucket, root, owner, metrics, wakeUps, destinations },
  ...options,
});

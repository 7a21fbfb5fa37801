import type { KeywhenError } from "@keywhen/core";
import { showValue } from "@keywhen/core/internal";
import type { SweepMode } from "../sweep-mode.js";
import { checkWebhooks } from "./check-webhooks.js";
import { invalid, isObject, refuseUnknown } from "./prop-values.js";

const KNOWN = [
  "scheduleBucket",
  "root",
  "targets",
  "webhooks",
  "webhookSecret",
  "mode",
  "poll",
  "maxAge",
  "journal",
  "metrics",
  "alarmTopic",
  "shards",
  "reservedConcurrency",
  "memorySize",
  "runtime",
  "architecture",
  "logRetention",
];
const KNOWN_OF_TARGET = ["bucket", "keyPrefix"];

/**
 * Checks for stacks in JavaScript what the compiler checks in TypeScript. Throws `invalid-option` with the prop's name and
 * its value. `readEnvironment()` checks the values of the function's settings.
 */
export function checkProps(props: unknown): void {
  if (!isObject(props)) {
    throw invalid(
      `KeywhenSweeper needs props: pass { scheduleBucket, targets } (got ${showValue(props)}).`,
    );
  }
  refuseUnknown("KeywhenSweeper", props, KNOWN);
  const { scheduleBucket, targets, webhooks, webhookSecret } = props;
  if (!isBucket(scheduleBucket)) throw noBucket("scheduleBucket", scheduleBucket);
  if (!Array.isArray(targets)) {
    throw invalid(
      `targets must be an array of buckets, like [${BUCKET}] (got ${showValue(targets)}).`,
    );
  }
  const hasWebhooks = checkWebhooks(webhooks, webhookSecret);
  if (targets.length === 0 && !hasWebhooks) {
    throw invalid(
      `targets is empty, and there are no webhooks. Give the buckets that events may be delivered to, like [${BUCKET}], or webhooks.`,
    );
  }
  for (const [index, target] of targets.entries()) checkTarget(`targets[${index}]`, target);
}

export function checkShards(shards: number): number {
  if (Number.isInteger(shards) && shards >= 1 && shards <= 64) return shards;
  throw invalid(`shards must be a whole number from 1 to 64 (got ${shards}).`);
}

/** `atOnce` is how many sweeps can run at the same time. */
export function checkConcurrency(
  reserved: number | undefined,
  atOnce: number,
  mode: SweepMode,
): void {
  if (!reserved || reserved >= atOnce) return;
  throw invalid(
    `reservedConcurrency must be at least ${atOnce} (got ${reserved}), because ${atOnce} ${mode} sweeps can run at the same time.`,
  );
}

const BUCKET = 'Bucket.fromBucketName(this, "Reminders", "acme-reminders")';

function checkTarget(name: string, target: unknown): void {
  if (isBucket(target)) return;
  if (!isObject(target)) throw noBucket(name, target);
  refuseUnknown(name, target, KNOWN_OF_TARGET);
  const { bucket, keyPrefix } = target;
  if (!isBucket(bucket)) throw noBucket(`${name}.bucket`, bucket);
  if (keyPrefix === undefined) return;
  if (typeof keyPrefix !== "string" || keyPrefix.includes("*")) {
    throw invalid(
      `${name}.keyPrefix must be the beginning of keys without *, like "daily/" (got ${showValue(keyPrefix)}).`,
    );
  }
}

/** Checks the properties, because a stack may have another copy of aws-cdk-lib. */
function isBucket(value: unknown): boolean {
  return isObject(value) && "bucketName" in value && "bucketArn" in value;
}

function noBucket(name: string, value: unknown): KeywhenError {
  return invalid(`${name} must be a bucket, like ${BUCKET} (got ${showValue(value)}).`);
}

import { KeywhenError } from "@keywhen/core";
import { showValue } from "@keywhen/core/internal";
import type { SweepMode } from "../sweep-mode.js";

const KNOWN = [
  "scheduleBucket",
  "root",
  "targets",
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
  const { scheduleBucket, targets } = props;
  if (!isBucket(scheduleBucket)) throw noBucket("scheduleBucket", scheduleBucket);
  if (!Array.isArray(targets)) {
    throw invalid(
      `targets must be an array of buckets, like [${BUCKET}] (got ${showValue(targets)}).`,
    );
  }
  if (targets.length === 0) {
    throw invalid(
      `targets is empty. Give the buckets that events may be delivered to, like [${BUCKET}].`,
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

function refuseUnknown(of: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw invalid(`${of} has no prop "${unknown}". Use one of these: ${known.join(", ")}.`);
}

/** Checks the properties, because a stack may have another copy of aws-cdk-lib. */
function isBucket(value: unknown): boolean {
  return isObject(value) && "bucketName" in value && "bucketArn" in value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function noBucket(name: string, value: unknown): KeywhenError {
  return invalid(`${name} must be a bucket, like ${BUCKET} (got ${showValue(value)}).`);
}

function invalid(message: string): KeywhenError {
  return new KeywhenError("invalid-option", message);
}

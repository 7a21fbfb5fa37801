import { KeywhenError } from "../keywhen-error.js";
import type { NameLimits, ObjectRef } from "../store/object-store.js";
import { escapePart } from "./escape.js";

/** `~` and eight hex digits, which a reschedule or redrive may append. */
const SUFFIX_BYTES = 9;

/** Checks a target's names; throws `invalid-target` with the value and the limit. */
export function checkTarget(to: ObjectRef, limits: NameLimits): void {
  checkTargetNames(to);
  if (to.bucket.length > limits.bucketCharacters) {
    throw invalidTarget(
      `The target bucket's name has ${count(to.bucket.length)} characters; the limit is ${count(limits.bucketCharacters)}.`,
    );
  }
  const bytes = utf8Bytes(to.key);
  if (bytes > limits.keyBytes) {
    throw invalidTarget(
      `The target key is ${count(bytes)} bytes; the limit is ${count(limits.keyBytes)}: shorten it by ${count(bytes - limits.keyBytes)}.`,
    );
  }
  checkSegments(to.key, limits, "invalid-target", "target key");
}

/** Checks what no store can have: empty names, a slash in a bucket. */
export function checkTargetNames({ bucket, key }: ObjectRef): void {
  if (typeof bucket !== "string" || bucket === "") {
    throw invalidTarget("The target bucket is empty: write the target as { bucket, key }.");
  }
  if (bucket.includes("/")) {
    throw invalidTarget(
      `The target bucket "${bucket}" holds a slash: the rest belongs into the key.`,
    );
  }
  if (typeof key !== "string" || key === "") {
    throw invalidTarget("The target key is empty: name the object to write, like reports/42.json.");
  }
}

/** Checks a delivery id; throws `invalid-id`. Its length is part of the key's limit. */
export function checkDeliveryId(deliveryId: string): void {
  if (typeof deliveryId !== "string" || deliveryId === "") {
    throw new KeywhenError(
      "invalid-id",
      "deliveryId is empty: give at least one character, or leave it out for a random one.",
    );
  }
}

/**
 * Checks the key of an event before anything is sent; throws `key-too-long` with the numbers.
 * `reserveSuffix`: leave room for the suffix of a later reschedule.
 */
export function checkScheduleKey(
  scheduleKey: string,
  targetKey: string,
  limits: NameLimits,
  reserveSuffix: boolean,
): void {
  const limit = limits.keyBytes - (reserveSuffix ? SUFFIX_BYTES : 0);
  if (scheduleKey.length > limit) {
    const why = reserveSuffix
      ? ` (the store's ${count(limits.keyBytes)} less ${SUFFIX_BYTES} for a later reschedule)`
      : "";
    throw new KeywhenError(
      "key-too-long",
      `The key would be ${count(scheduleKey.length)} bytes; the limit is ${count(limit)}${why}. ${escapedSize(targetKey)}: shorten it by ${count(scheduleKey.length - limit)}.`,
    );
  }
  checkSegments(scheduleKey, limits, "key-too-long", "key");
}

function escapedSize(targetKey: string): string {
  const escaped = escapePart(targetKey);
  const costly = [...targetKey].find((character) => escapePart(character).length > 1);
  const note = costly === undefined ? "" : ` (${costly} counts ${escapePart(costly).length})`;
  return `The target key is ${count(escaped.length)} bytes once escaped${note}`;
}

function checkSegments(
  key: string,
  limits: NameLimits,
  code: "invalid-target" | "key-too-long",
  what: string,
): void {
  const limit = limits.keySegmentCharacters;
  if (limit === undefined) return;
  const longest = Math.max(...key.split("/").map((segment) => segment.length));
  if (longest > limit) {
    throw new KeywhenError(
      code,
      `The ${what} has ${count(longest)} characters between two slashes; this store's limit is ${count(limit)}: shorten that part by ${count(longest - limit)}.`,
    );
  }
}

function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}

function invalidTarget(message: string): KeywhenError {
  return new KeywhenError("invalid-target", message);
}

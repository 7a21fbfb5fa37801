import { KeywhenError } from "../errors.js";
import { checkOptionNames } from "../input/option-names.js";
import { showValue } from "../input/show-value.js";
import type { NameLimits, ObjectRef } from "../store/object-store.js";
import { isJsonObject } from "../values.js";
import { escapePart } from "./codec-v1.js";

/** `~` and eight hex digits, which a reschedule or redrive may append. */
const SUFFIX_BYTES = 9;

/** Checks a target's names; throws `invalid-target` with the value and the limit. */
export function checkTarget(to: ObjectRef, limits: NameLimits): void {
  checkTargetNames(to);
  if (to.bucket.length > limits.bucketCharacters) {
    throw invalidTarget(
      `The target bucket's name has ${count(to.bucket.length)} characters; the limit is ${count(limits.bucketCharacters)}. Choose a bucket with a shorter name.`,
    );
  }
  const bytes = utf8Bytes(to.key);
  if (bytes > limits.keyBytes) {
    throw invalidTarget(
      `The target key is ${count(bytes)} bytes; the limit is ${count(limits.keyBytes)}: shorten it by ${count(bytes - limits.keyBytes)}.`,
    );
  }
  checkSegments(to.key, limits, "invalid-target", () => "target key");
}

/** Checks what holds for every store: a target is `{ bucket, key }`, names are not empty, a bucket has no slash. */
export function checkTargetNames(to: ObjectRef): void {
  if (to === undefined || to === null) {
    throw invalidTarget("The target is missing: give to as { bucket, key }.");
  }
  if (!isJsonObject(to)) throw invalidTarget(`to must be { bucket, key } (got ${showValue(to)}).`);
  checkOptionNames(to, ["bucket", "key"], "to");
  const { bucket, key } = to;
  const problem = bucketNameProblem(bucket);
  if (problem !== undefined) throw invalidTarget(`The target bucket ${problem}`);
  if (key === "") {
    throw invalidTarget("The target key is empty: name the object to write, like reports/42.json.");
  }
  if (typeof key !== "string") {
    throw invalidTarget(`The target key must be a string (got ${showValue(key)}).`);
  }
  if (!bucket.isWellFormed() || !key.isWellFormed()) {
    throw invalidTarget(
      `The target ${JSON.stringify(`${bucket}/${key}`)} contains a lone surrogate (half of a character), which no store can keep. Remove it.`,
    );
  }
}

/** What is wrong with a bucket's name, to follow the words "the bucket". `rest` says where the rest of a path belongs. */
export function bucketNameProblem(
  bucket: unknown,
  rest = "Put the rest into the key",
): string | undefined {
  if (bucket === undefined || bucket === "") return "is empty: give its name.";
  if (typeof bucket !== "string") return `must be a string (got ${showValue(bucket)}).`;
  const url = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(bucket);
  if (url !== null) return `${showValue(bucket)} is a URL: give the name alone${like(url[1])}.`;
  const arn = /^arn:[^:]*:[^:]*:(?:::([^:/]*)|[^:]*:[^:]*:)/.exec(bucket); // an access point has another name
  if (arn !== null) return `${showValue(bucket)} is an ARN: give the name alone${like(arn[1])}.`;
  if (bucket.includes("/")) {
    return `${showValue(bucket)} contains a slash: give the name alone${like(bucket.split("/").find(Boolean))}. ${rest}.`;
  }
  if (bucket.trim() !== bucket)
    return `${showValue(bucket)} begins or ends with a space: remove it.`;
  return undefined;
}

function like(name: string | undefined): string {
  return name === undefined || name === "" ? "" : `, ${JSON.stringify(name)}`;
}

/** Checks a delivery id; throws `invalid-id`. Its length is part of the key's limit. */
export function checkDeliveryId(deliveryId: string): void {
  if (typeof deliveryId !== "string") {
    throw invalidId(`deliveryId must be a string (got ${showValue(deliveryId)}).`);
  }
  if (deliveryId === "") {
    throw invalidId(
      "deliveryId is empty: give at least one character, or leave it out for a random one.",
    );
  }
  if (!deliveryId.isWellFormed()) {
    throw invalidId(
      `deliveryId ${JSON.stringify(deliveryId)} contains a lone surrogate (half of a character), which no store can keep. Remove it.`,
    );
  }
}

interface KeyParts {
  readonly key: string;
  readonly deliveryId: string | undefined;
}

/** Throws `key-too-long` with the numbers. `reserveSuffix`: leave room for the suffix of a later reschedule. */
export function checkScheduleKey(
  scheduleKey: string,
  parts: KeyParts,
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
      `The key would be ${count(scheduleKey.length)} bytes; the limit is ${count(limit)}${why}. ${longerPart(parts)}: shorten it by ${count(scheduleKey.length - limit)}.`,
    );
  }
  checkSegments(scheduleKey, limits, "key-too-long", (segment) => segmentName(segment, parts));
}

function longerPart({ key, deliveryId = "" }: KeyParts): string {
  return escapePart(deliveryId).length > escapePart(key).length
    ? escapedSize("delivery id", deliveryId)
    : escapedSize("target key", key);
}

function escapedSize(what: string, text: string): string {
  const escaped = escapePart(text);
  const costly = [...text].find((character) => escapePart(character).length > 1);
  const note = costly === undefined ? "" : ` (${costly} counts ${escapePart(costly).length})`;
  return `The ${what} is ${count(escaped.length)} bytes once escaped${note}`;
}

/** A delivery id without slashes ends the last segment. */
function segmentName(segment: string, { deliveryId = "" }: KeyParts): string {
  const escaped = escapePart(deliveryId);
  return escaped.length * 2 > segment.length ? "key, with its delivery id," : "key";
}

function checkSegments(
  key: string,
  limits: NameLimits,
  code: "invalid-target" | "key-too-long",
  nameOf: (segment: string) => string,
): void {
  const limit = limits.keySegmentCharacters;
  if (limit === undefined) return;
  const longest = key.split("/").reduce((one, other) => (other.length > one.length ? other : one));
  if (longest.length > limit) {
    throw new KeywhenError(
      code,
      `The ${nameOf(longest)} has ${count(longest.length)} characters between two slashes; this store's limit is ${count(limit)}: shorten that part by ${count(longest.length - limit)}.`,
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

function invalidId(message: string): KeywhenError {
  return new KeywhenError("invalid-id", message);
}

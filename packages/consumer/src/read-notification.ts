import { bytesOf, isJsonObject, type JsonObject, showValue } from "@keywhen/core/internal";
import type { ObjectRef } from "@keywhen/core/store";
import type { DeliveryFailure, NotifiedObject } from "./notified-object.js";
import { readEventGrid, readPubSub } from "./other-notifications.js";
import { invalidNotification, textAt, Unreadable } from "./reading.js";
import { readEventBridge, readS3Record, readS3TestEvent } from "./s3-notification.js";

/** What one part of a notification comes to. */
export type Reading = NotifiedObject | ReadFailure;

/** A failure whose error is keywhen's or the store's own, never another value that was thrown. */
export interface ReadFailure extends DeliveryFailure {
  readonly error: Error;
}

/** An S3 event in SNS in SQS is five deep; no service nests deeper than this. */
const DEEPEST = 10;

const READERS = [
  readS3Record,
  readS3TestEvent,
  readEventBridge,
  readPubSub,
  readEventGrid,
  readSubscription,
] as const;

/**
 * Reads each part of a notification by itself, so that an unreadable part doesn't affect the others. Throws
 * `invalid-notification` only if the whole is not a notification.
 */
export function readNotification(notification: unknown): readonly Reading[] {
  try {
    return read(notification, 0, undefined);
  } catch (error) {
    throw error instanceof Unreadable ? invalidNotification(error) : error;
  }
}

function read(notification: unknown, depth: number, outerId: string | undefined): Reading[] {
  if (depth > DEEPEST) throw new Unreadable("it is nested too deep");
  const messageId = outerId ?? messageIdOf(notification);
  const inside = (inner: unknown) => read(inner, depth + 1, messageId);
  if (typeof notification === "string") return inside(parseJson(notification));
  const bytes = bytesOf(notification);
  if (bytes !== undefined) return inside(textOf(bytes));
  if (Array.isArray(notification))
    return notification.flatMap((part) => readPart(part, inside, messageId));
  if (!isJsonObject(notification)) throw new Unreadable(`it is ${kindOf(notification)}`);
  for (const reader of READERS) {
    const objects = reader(notification);
    if (objects !== undefined) return objects.map((object) => ({ ...object, messageId }));
  }
  return inside(innerOf(notification));
}

/** Reads one part of a list; if that fails it is this part's, or its message's, failure. */
function readPart(
  part: unknown,
  readInside: (part: unknown) => Reading[],
  outerId: string | undefined,
): Reading[] {
  try {
    return readInside(part);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const messageId = outerId ?? messageIdOf(part);
    return [{ messageId, error: invalidNotification(error, messageId) }];
  }
}

/** What an envelope holds: `Records` of S3 and Lambda, an SNS message, an SQS message, a page of messages. */
function innerOf(envelope: JsonObject): unknown {
  const inner =
    listAt(envelope, "Records") ??
    listAt(envelope, "Messages") ??
    listAt(envelope, "receivedMessages") ??
    textAt(envelope, "Sns", "Message") ??
    (textAt(envelope, "Type") === "Notification" ? textAt(envelope, "Message") : undefined) ??
    (textAt(envelope, "eventSource") === "aws:sqs" ? textAt(envelope, "body") : undefined) ??
    textAt(envelope, "Body");
  if (inner === undefined) throw new Unreadable(describeUnknown(envelope));
  return inner;
}

/** The id of a message: of SQS, SNS, Pub/Sub, or of an event of EventBridge or Event Grid. */
function messageIdOf(envelope: unknown): string | undefined {
  return (
    textAt(envelope, "messageId") ??
    textAt(envelope, "MessageId") ??
    textAt(envelope, "Sns", "MessageId") ??
    textAt(envelope, "message", "messageId") ??
    textAt(envelope, "id")
  );
}

/** Reads what SNS sends an HTTP endpoint when it is subscribed; confirming it is the endpoint's. */
function readSubscription(notification: JsonObject): readonly ObjectRef[] | undefined {
  const type = textAt(notification, "Type");
  const isHandshake = type === "SubscriptionConfirmation" || type === "UnsubscribeConfirmation";
  return isHandshake ? [] : undefined;
}

function listAt(envelope: JsonObject, name: string): readonly unknown[] | undefined {
  const list = envelope[name];
  return Array.isArray(list) ? list : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Unreadable(`it is not JSON (got ${showValue(text)})`, { cause });
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Unreadable("its bytes are not UTF-8", { cause });
  }
}

function kindOf(value: unknown): string {
  return value === null || value === undefined ? String(value) : `a ${typeof value}`;
}

function describeUnknown(notification: JsonObject): string {
  const names = Object.keys(notification);
  if (names.length === 0) return "it is an empty object";
  if (typeof notification["bucket"] === "string" && typeof notification["key"] === "string") {
    return "it is an object's name, not a notification: to open that object, call deliveryAt()";
  }
  return `no known notification has the fields ${names.slice(0, 5).join(", ")}`;
}

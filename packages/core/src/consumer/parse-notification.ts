import { isJsonObject, type JsonObject, textAt } from "../json-shape.js";
import type { ObjectRef } from "../store/object-store.js";
import { invalidNotification } from "./invalid-notification.js";
import { readEventGrid, readPubSub } from "./other-notifications.js";
import { readEventBridge, readS3Record, readS3TestEvent } from "./s3-notification.js";

/** An S3 event in SNS in SQS is five deep; deeper than this is nobody's. */
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
 * The objects that a notification says were created, with their keys decoded: S3 events (of AWS, MinIO and
 * Ceph) as they are, in SNS, in SQS or in SNS in SQS, by EventBridge; Pub/Sub pushes of Cloud Storage; Azure
 * Event Grid in both schemas. It may be parsed JSON or its text. Test and delete events and handshakes give
 * none. Throws `invalid-notification` for anything else. Pure.
 */
export function parseNotification(notification: unknown): readonly ObjectRef[] {
  return parse(notification, 0);
}

function parse(notification: unknown, depth: number): readonly ObjectRef[] {
  if (depth > DEEPEST) throw invalidNotification("it is nested too deep");
  if (typeof notification === "string") return parse(parseJson(notification), depth + 1);
  if (Array.isArray(notification)) return notification.flatMap((one) => parse(one, depth + 1));
  if (!isJsonObject(notification)) {
    throw invalidNotification(`it is ${notification === null ? "null" : typeof notification}`);
  }
  for (const read of READERS) {
    const objects = read(notification);
    if (objects !== undefined) return objects;
  }
  const inner = innerOf(notification);
  if (inner === undefined) throw invalidNotification(`nothing known has ${namesOf(notification)}`);
  return parse(inner, depth + 1);
}

/** What an envelope holds: `Records` of S3 and Lambda, an SNS message, an SQS message or a page of them. */
function innerOf(envelope: JsonObject): unknown {
  return (
    listAt(envelope, "Records") ??
    listAt(envelope, "Messages") ??
    textAt(envelope, "Sns", "Message") ??
    (textAt(envelope, "Type") === "Notification" ? textAt(envelope, "Message") : undefined) ??
    (textAt(envelope, "eventSource") === "aws:sqs" ? textAt(envelope, "body") : undefined) ??
    textAt(envelope, "Body")
  );
}

/** What SNS sends an HTTP endpoint when it is subscribed; confirming it is the endpoint's. */
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
    throw invalidNotification("it is no JSON", cause);
  }
}

function namesOf(notification: JsonObject): string {
  const names = Object.keys(notification).slice(0, 5);
  return names.length === 0 ? "no fields" : `the fields ${names.join(", ")}`;
}

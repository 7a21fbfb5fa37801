import { isJsonObject, type JsonObject, textAt } from "../json-shape.js";
import type { ObjectRef } from "../store/object-store.js";
import { decodeName, objectRef } from "./invalid-notification.js";

/**
 * One of an S3 notification's `Records`, from AWS, MinIO or a Ceph gateway; `undefined` if it is none.
 * Source: "Event message structure" of the S3 user guide. AWS and MinIO encode keys as in a form ("+" is a
 * blank), Ceph writes them as they are.
 */
export function readS3Record(record: JsonObject): readonly ObjectRef[] | undefined {
  if (!isJsonObject(record["s3"])) return undefined;
  const eventName = textAt(record, "eventName") ?? "";
  if (!/^(?:s3:)?ObjectCreated:/.test(eventName)) return [];
  const key = textAt(record, "s3", "object", "key");
  const isRaw = textAt(record, "eventSource") === "ceph:s3";
  const decoded = isRaw || key === undefined ? key : decodeName(key.replaceAll("+", " "));
  return [objectRef(textAt(record, "s3", "bucket", "name"), decoded)];
}

/** What S3 sends when notifications are set up; it names no object. */
export function readS3TestEvent(notification: JsonObject): readonly ObjectRef[] | undefined {
  return textAt(notification, "Event") === "s3:TestEvent" ? [] : undefined;
}

/** An S3 event by way of EventBridge, where keys are as they are. */
export function readEventBridge(notification: JsonObject): readonly ObjectRef[] | undefined {
  const detailType = textAt(notification, "detail-type");
  if (detailType === undefined || textAt(notification, "source") !== "aws.s3") return undefined;
  if (detailType !== "Object Created") return [];
  const { detail } = notification;
  return [objectRef(textAt(detail, "bucket", "name"), textAt(detail, "object", "key"))];
}

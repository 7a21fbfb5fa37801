import { isJsonObject, type JsonObject } from "@keywhen/core/internal";
import type { ObjectRef } from "@keywhen/core/store";
import { readApiCall } from "./cloud-trail.js";
import { decodeName, objectRef, Unreadable } from "./invalid-notification.js";
import { textAt } from "./text-at.js";

/**
 * MinIO and RustFS report a change of an object's tags, retention, legal hold or access rights as a creation, like
 * `s3:ObjectCreated:PutTagging`: the object was there before.
 */
const CREATED = /^(?:s3:)?ObjectCreated:(?!.*(?:Tagging|Retention|LegalHold|Acl))/i;

/**
 * Reads one of an S3 notification's `Records`, from AWS, MinIO or a Ceph gateway; `undefined` for anything else.
 * Source: "Event message structure" of the S3 user guide. AWS and MinIO encode keys as in a form ("+" is a
 * blank), Ceph doesn't encode them.
 */
export function readS3Record(record: JsonObject): readonly ObjectRef[] | undefined {
  if (!isJsonObject(record["s3"])) return undefined;
  const eventName = textAt(record, "eventName");
  if (!eventName) throw new Unreadable("its record has no eventName");
  if (!CREATED.test(eventName)) return [];
  const key = textAt(record, "s3", "object", "key");
  const isRaw = textAt(record, "eventSource") === "ceph:s3";
  const decoded = isRaw || key === undefined ? key : decodeName(key.replaceAll("+", " "));
  return [objectRef(textAt(record, "s3", "bucket", "name"), decoded)];
}

/** Reads what S3 sends when notifications are set up; it names no object. */
export function readS3TestEvent(notification: JsonObject): readonly ObjectRef[] | undefined {
  return textAt(notification, "Event") === "s3:TestEvent" ? [] : undefined;
}

/** Reads an S3 event from EventBridge, where keys are not encoded; also the older events of CloudTrail. */
export function readEventBridge(notification: JsonObject): readonly ObjectRef[] | undefined {
  const detailType = textAt(notification, "detail-type");
  if (detailType === undefined || textAt(notification, "source") !== "aws.s3") return undefined;
  const { detail } = notification;
  if (detailType === "AWS API Call via CloudTrail") return readApiCall(detail);
  if (detailType === "Object Created") {
    return [objectRef(textAt(detail, "bucket", "name"), textAt(detail, "object", "key"))];
  }
  if (detailType.startsWith("Object ")) return [];
  throw new Unreadable(`its detail-type "${detailType}" is unknown`);
}

import { isJsonObject, type JsonObject } from "@keywhen/core/internal";
import type { ObjectRef } from "@keywhen/core/store";
import { decodeName, objectRef, textAt, Unreadable } from "./reading.js";

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

/** The API calls that create an object. */
const CREATES: ReadonlySet<string> = new Set([
  "PutObject",
  "PostObject",
  "CopyObject",
  "CompleteMultipartUpload",
]);

/** Characters that mean something else if the key is percent-encoded or form-encoded. */
const AMBIGUOUS = /%[0-9a-f]{2}|\+/i;

/**
 * Reads a call that CloudTrail recorded, from an EventBridge rule on "AWS API Call via CloudTrail", which was used before
 * S3 had its own events. AWS does not document whether its keys are encoded, so a key that decoding would change is
 * refused.
 */
function readApiCall(detail: unknown): readonly ObjectRef[] {
  const eventName = textAt(detail, "eventName");
  if (!eventName) throw new Unreadable("its detail has no eventName");
  if (!CREATES.has(eventName) || textAt(detail, "errorCode") !== undefined) return [];
  const ref = objectRef(
    textAt(detail, "requestParameters", "bucketName"),
    textAt(detail, "requestParameters", "key"),
  );
  if (!AMBIGUOUS.test(ref.key)) return [ref];
  throw new Unreadable(
    `its key "${ref.key}" may be encoded or not, which CloudTrail does not say: turn on the bucket's own EventBridge notifications ("Object Created")`,
  );
}

import type { ObjectRef } from "@keywhen/core/store";
import { objectRef, Unreadable } from "./invalid-notification.js";
import { textAt } from "./text-at.js";

/** The API calls that create an object. */
const CREATES: ReadonlySet<string> = new Set([
  "PutObject",
  "PostObject",
  "CopyObject",
  "CompleteMultipartUpload",
]);

/** What means something else if the key is percent-encoded or a form's. */
const AMBIGUOUS = /%[0-9a-f]{2}|\+/i;

/**
 * Reads the call that CloudTrail recorded, as an EventBridge rule on "AWS API Call via CloudTrail" passes it on: the way
 * before S3 had its EventBridge events. It is not documented whether keys are encoded in it, so a key that reads
 * differently when decoded is refused.
 */
export function readApiCall(detail: unknown): readonly ObjectRef[] {
  const eventName = textAt(detail, "eventName");
  if (!eventName) throw new Unreadable("its detail has no eventName");
  if (!CREATES.has(eventName) || textAt(detail, "errorCode") !== undefined) return [];
  const ref = objectRef(
    textAt(detail, "requestParameters", "bucketName"),
    textAt(detail, "requestParameters", "key"),
  );
  if (!AMBIGUOUS.test(ref.key)) return [ref];
  throw new Unreadable(
    `its key "${ref.key}" may be encoded or not, and CloudTrail doesn't say which: turn on the bucket's own EventBridge notifications ("Object Created")`,
  );
}

import { describe, expect, it } from "vitest";
import {
  cephEvent,
  cloudEvent,
  eventBridgeEvent,
  eventGridEvent,
  minioEvent,
  pubSubPush,
  S3_TEST_EVENT,
  s3Event,
  s3Record,
  snsLambdaEvent,
  snsMessage,
  sqsLambdaEvent,
} from "../test-support/notifications.js";
import { parseNotification } from "./parse-notification.js";

/** A key with everything that is written otherwise somewhere. */
const KEY = "a b+c/d%41é|&=?#../🎉.json";
const AS_FORM = "a+b%2Bc/d%2541%C3%A9%7C%26%3D%3F%23../%F0%9F%8E%89.json";
const AS_URL = encodeURIComponent(KEY).replaceAll("%2F", "/");
const DUE = [{ bucket: "reminders", key: KEY }];

describe("parseNotification()", () => {
  it.each([
    ["an S3 event", s3Event(AS_FORM)],
    ["an S3 event as text", JSON.stringify(s3Event(AS_FORM))],
    ["one S3 record", s3Record(AS_FORM)],
    ["S3 over SNS by HTTP", snsMessage(s3Event(AS_FORM))],
    ["S3 over SNS to a Lambda", snsLambdaEvent(s3Event(AS_FORM))],
    ["S3 over SQS to a Lambda", sqsLambdaEvent(s3Event(AS_FORM))],
    ["S3 over SNS over SQS", sqsLambdaEvent(snsMessage(s3Event(AS_FORM)))],
    [
      "an SQS message that was received",
      { MessageId: "1", Body: JSON.stringify(s3Event(AS_FORM)) },
    ],
    ["a page of SQS messages", { Messages: [{ Body: JSON.stringify(s3Event(AS_FORM)) }] }],
    ["EventBridge", eventBridgeEvent(KEY)],
    ["EventBridge over SQS", sqsLambdaEvent(eventBridgeEvent(KEY))],
    ["MinIO", minioEvent(AS_FORM)],
    ["Ceph", cephEvent(KEY)],
    ["Cloud Storage over Pub/Sub", pubSubPush(KEY)],
    ["Event Grid", [eventGridEvent(KEY, AS_URL)]],
    ["Event Grid, not in a list", eventGridEvent(KEY, AS_URL)],
    ["Event Grid with a spoilt subject", [eventGridEvent("a b??.json", AS_URL)]],
    ["Event Grid as a CloudEvent", cloudEvent(KEY, AS_URL)],
    ["CloudEvents in a batch", [cloudEvent(KEY, AS_URL)]],
  ])("reads %s, its key decoded", (_, notification) => {
    expect(parseNotification(notification)).toEqual(DUE);
  });

  it("gives every object in order, of several events as well", () => {
    const two = { Records: [s3Record("1"), s3Record("2", "other")] };
    const keys = parseNotification(sqsLambdaEvent(two, s3Event("3"))).map(({ key }) => key);
    expect(keys).toEqual(["1", "2", "3"]);
  });

  it.each([
    ["S3's test event", S3_TEST_EVENT],
    ["S3's test event over SNS over SQS", sqsLambdaEvent(snsMessage(S3_TEST_EVENT))],
    ["a delete on S3", s3Event("k", "reminders", "ObjectRemoved:Delete")],
    ["an expiry on S3", s3Event("k", "reminders", "LifecycleExpiration:Delete")],
    [
      "a delete on MinIO",
      { Records: [{ ...s3Record("k"), eventName: "s3:ObjectRemoved:Delete" }] },
    ],
    ["a delete over EventBridge", eventBridgeEvent("k", "Object Deleted")],
    ["a delete on Cloud Storage", pubSubPush("k", "OBJECT_DELETE")],
    ["new metadata on Cloud Storage", pubSubPush("k", "OBJECT_METADATA_UPDATE")],
    ["a delete on Azure", [eventGridEvent("k", "k", "BlobDeleted")]],
    ["a record without the name of its event", { Records: [{ ...s3Record("k"), eventName: 1 }] }],
    ["no records", { Records: [] }],
    ["an empty list", []],
    ["SNS's handshake", { ...snsMessage({}), Type: "SubscriptionConfirmation" }],
    [
      "Event Grid's handshake",
      [
        {
          eventType: "Microsoft.EventGrid.SubscriptionValidationEvent",
          data: { validationCode: "1" },
        },
      ],
    ],
  ])("finds nothing in %s", (_, notification) => {
    expect(parseNotification(notification)).toEqual([]);
  });

  it.each([
    ["nothing", undefined, "it is undefined"],
    ["null", null, "it is null"],
    ["a number", 42, "it is number"],
    ["text that is no JSON", "hello", "it is no JSON"],
    ["an empty object", {}, "nothing known has no fields"],
    ["another object", { event: "x", id: 1 }, "nothing known has the fields event, id"],
    ["a record among others that is none", { Records: [s3Record("k"), { a: 1 }] }, "the fields a"],
    ["a record without a key", { Records: [{ ...s3Record("k"), s3: {} }] }, "it names no object"],
    ["a key that is no UTF-8", s3Event("%FF"), '"%FF" is not percent-encoded UTF-8'],
    ["a message that is no JSON", { ...snsMessage({}), Message: "hi" }, "it is no JSON"],
    [
      "a blob event without a blob",
      [{ ...eventGridEvent("k", "k"), subject: "/x" }],
      '"/x" names no',
    ],
    [
      "a blob event without a subject",
      [{ ...eventGridEvent("k", "k"), subject: undefined }],
      'its subject "" names no blob',
    ],
    [
      "a blob event whose address is none",
      [{ ...eventGridEvent("k", "k"), data: { url: "k" } }],
      "it names no object",
    ],
    [
      "a blob event without an address",
      [{ ...eventGridEvent("k", "k"), data: {} }],
      "it names no object",
    ],
    [
      "a blob event of another container than its subject's",
      [{ ...eventGridEvent("k", "k"), data: { url: "https://account/other/k" } }],
      "it names no object",
    ],
    ["what has no end", "[".repeat(40) + "]".repeat(40), "nested too deep"],
  ])("refuses %s and says why", (_, notification, why) => {
    expect(() => parseNotification(notification)).toThrow(
      expect.objectContaining({
        code: "invalid-notification",
        message: expect.stringContaining(why),
      }),
    );
  });
});

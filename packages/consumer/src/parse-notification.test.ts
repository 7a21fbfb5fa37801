import { describe, expect, it } from "vitest";
import type { DeliveryFailure } from "./notified-object.js";
import { parseNotification } from "./parse-notification.js";
import {
  apiCallEvent,
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
} from "./testing/notifications.js";

/** A key with everything that is written otherwise somewhere. */
const KEY = "a b+c/d%41é|&=?#../🎉.json";
const AS_FORM = "a+b%2Bc/d%2541%C3%A9%7C%26%3D%3F%23../%F0%9F%8E%89.json";
const AS_URL = encodeURIComponent(KEY).replaceAll("%2F", "/");
const DUE = [{ bucket: "reminders", key: KEY }];
const SQS_ID = "059f36b4-87a3-44ab-83d2-661975830a7d";

function failuresIn(notification: unknown) {
  const failures: DeliveryFailure[] = [];
  const objects = parseNotification(notification, { onFailure: (one) => failures.push(one) });
  return { keys: objects.map(({ key }) => key), failures };
}

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
    ["an S3 event as bytes", new TextEncoder().encode(JSON.stringify(s3Event(AS_FORM)))],
    ["pulled Pub/Sub messages", { receivedMessages: [{ ackId: "1", ...pubSubPush(KEY) }] }],
  ])("reads %s, its key decoded", (_, notification) => {
    const [object, ...others] = parseNotification(notification);
    expect([object, ...others]).toMatchObject(DUE);
  });

  it.each([
    ["SQS", sqsLambdaEvent(s3Event("k")), SQS_ID],
    ["SNS in SQS", sqsLambdaEvent(snsMessage(s3Event("k"))), SQS_ID],
    ["EventBridge in SQS", sqsLambdaEvent(eventBridgeEvent("k")), SQS_ID],
    [
      "a received page",
      { Messages: [{ MessageId: "m1", Body: JSON.stringify(s3Event("k")) }] },
      "m1",
    ],
    ["SNS by HTTP", snsMessage(s3Event("k")), "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324"],
    ["SNS to a Lambda", snsLambdaEvent(s3Event("k")), "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324"],
    ["EventBridge", eventBridgeEvent("k"), "17793124-05d4-b198-2fde-7ededc63b103"],
    ["Pub/Sub", pubSubPush("k"), "136969346945"],
    ["Event Grid", [eventGridEvent("k", "k")], "831e1650-001e-001b-66ab-eeb76e069631"],
    ["a CloudEvent", cloudEvent("k", "k"), "831e1650-001e-001b-66ab-eeb76e069631"],
    ["S3 itself, which has no messages", s3Event("k"), undefined],
  ])("names the message of %s", (_, notification, messageId) => {
    const ids = parseNotification(notification).map((object) => object.messageId);
    expect(ids).toEqual([messageId]);
  });

  it.each(["CopyObject", "PutObject", "PostObject", "CompleteMultipartUpload"])(
    "reads CloudTrail's record of %s",
    (eventName) => {
      expect(parseNotification(apiCallEvent("a b/é.json", eventName))).toMatchObject([
        { bucket: "reminders", key: "a b/é.json" },
      ]);
    },
  );

  it.each([
    ["unit #7/a.json", "unit #7/a.json"],
    ["unit #7/a.json", "unit%20#7/a.json"],
    ["what?.json", "what?.json"],
    ["100%.json", "100%.json"],
    ["k", "k?snapshot=2026-11-24T10:00:00Z"],
    ["a%41b.json", "a%2541b.json"],
    ["reminders/k", "reminders/k"],
  ])("reads the blob %s from the url …/%s if its subject agrees", (name, url) => {
    expect(parseNotification([eventGridEvent(name, url)])).toMatchObject([{ key: name }]);
  });

  it("reads a blob of an emulator, whose urls begin with the account, even if a container has its name", () => {
    const event = eventGridEvent("k", "k");
    const data = { url: "http://127.0.0.1:10000/reminders/reminders/k" };
    expect(parseNotification([{ ...event, data }])).toMatchObject([{ key: "k" }]);
  });

  it.each([
    ["its name cut at a # and its subject spoilt", "unit #7 ??.json", "unit #7 🎉.json"],
    ["a url that may be encoded or not", "a%41b.json", "a%41b.json"],
  ])("refuses a blob event with %s, rather than to guess", (_, subject, url) => {
    expect(() => parseNotification([eventGridEvent(subject, url)])).toThrow(
      /url ".*" and its subject's name ".*" don't identify one blob/,
    );
  });

  it("reports a message that can't be read by its id, and returns the others", () => {
    const good = (key: string) => JSON.stringify(s3Event(key));
    const message = (messageId: string, body: string) => ({
      messageId,
      eventSource: "aws:sqs",
      body,
    });
    const batch = {
      Records: [message("1", good("a")), message("2", "hi"), message("3", good("b"))],
    };
    expect(failuresIn(batch)).toMatchObject({
      keys: ["a", "b"],
      failures: [
        {
          messageId: "2",
          error: {
            code: "invalid-notification",
            message: expect.stringMatching(/^Message 2 can't be read: it is not JSON /),
          },
        },
      ],
    });
    expect(() => parseNotification(batch)).toThrow("Message 2 can't be read: it is not JSON ");
  });

  it.each([
    ["a record without a key", { Records: [s3Record(""), s3Record("b")] }],
    ["an unknown record", { Records: [{ a: 1 }, s3Record("b")] }],
    ["a record in the same message", sqsLambdaEvent({ Records: [s3Record(""), s3Record("b")] })],
    [
      "another sender's message in a page",
      { Messages: [{ Body: "?" }, { Body: JSON.stringify(s3Event("b")) }] },
    ],
    [
      "an event of another container",
      [{ ...eventGridEvent("k", "k"), subject: "/x" }, eventGridEvent("b", "b")],
    ],
    ["a text in a list of texts", ["{", JSON.stringify(s3Event("b"))]],
  ])("returns a good object next to %s", (_, notification) => {
    const { keys, failures } = failuresIn(notification);
    expect(keys).toEqual(["b"]);
    expect(failures).toMatchObject([{ error: { code: "invalid-notification" } }]);
  });

  it("gives every object in order, of several events as well", () => {
    const two = { Records: [s3Record("1"), s3Record("2", "other")] };
    const keys = parseNotification(sqsLambdaEvent(two, s3Event("3"))).map(({ key }) => key);
    expect(keys).toEqual(["1", "2", "3"]);
  });

  it.each<[string, unknown]>([
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
    ...["PutTagging", "DeleteTagging", "PutRetention", "PutLegalHold", "PutAcl"].map(
      (change): [string, unknown] => [
        `MinIO's ${change}`,
        { Records: [{ ...s3Record(""), eventName: `s3:ObjectCreated:${change}` }] },
      ],
    ),
    ...[
      "ObjectTagging:Put",
      "ObjectTagging:Delete",
      "ObjectAcl:Put",
      "ObjectRestore:Completed",
      "LifecycleTransition",
      "IntelligentTiering",
      "s3:ObjectAccessed:Get",
    ].map((name): [string, unknown] => [`S3's ${name}`, s3Event("k", "reminders", name)]),
    ...["Object Tags Added", "Object ACL Updated", "Object Restore Completed"].map(
      (type): [string, unknown] => [`EventBridge's ${type}`, eventBridgeEvent("k", type)],
    ),
    ...["PutObjectTagging", "PutObjectAcl", "GetObject", "DeleteObject"].map(
      (name): [string, unknown] => [`CloudTrail's ${name}`, apiCallEvent("k", name)],
    ),
    ["a call that failed, by CloudTrail", apiCallEvent("k", "CopyObject", "AccessDenied")],
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
    ["a number", 42, "it is a number"],
    ["text that is no JSON", "hello", "it is not JSON"],
    ["an empty object", {}, "it is an empty object"],
    ["an object's name", { bucket: "a", key: "b" }, "to open that object, call deliveryAt()"],
    ["another object", { event: "x", id: 1 }, "no known notification has the fields event, id"],
    ["an unknown record among others", { Records: [s3Record("k"), { a: 1 }] }, "the fields a"],
    [
      "a record without a bucket",
      { Records: [{ ...s3Record("k"), s3: {} }] },
      "it names no bucket",
    ],
    ["a record without a key", s3Event(""), "it names no object in the bucket reminders"],
    [
      "a record without the name of its event",
      { Records: [{ ...s3Record("k"), eventName: 1 }] },
      "no eventName",
    ],
    ["bytes that are no text", Uint8Array.of(0xff), "its bytes are not UTF-8"],
    [
      "an event of S3 that is not known",
      eventBridgeEvent("k", "AWS Console Action via CloudTrail"),
      'its detail-type "AWS Console Action via CloudTrail" is unknown',
    ],
    ["CloudTrail's record of no call", { ...apiCallEvent("k"), detail: {} }, "no eventName"],
    ["a key by CloudTrail that may be encoded", apiCallEvent("a%20b"), 'its key "a%20b" may be'],
    ["a key by CloudTrail that may be a form's", apiCallEvent("a+b"), 'its key "a+b" may be'],
    [
      "a message of another publisher",
      pubSubPush("k", "PAID"),
      'its eventType "PAID" is not one of',
    ],
    ["a key that is no UTF-8", s3Event("%FF"), '"%FF" is not percent-encoded UTF-8'],
    ["a message that is no JSON", { ...snsMessage({}), Message: "hi" }, "it is not JSON"],
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
      "a blob event whose address is not a URL",
      [{ ...eventGridEvent("k", "k"), data: { url: "k" } }],
      'its url "k" is not a blob in the container of its subject',
    ],
    [
      "a blob event without an address",
      [{ ...eventGridEvent("k", "k"), data: {} }],
      'its url "" is not a blob',
    ],
    [
      "a blob event of another container than its subject's",
      [{ ...eventGridEvent("k", "k"), data: { url: "https://account/other/k" } }],
      'its url "https://account/other/k" is not a blob',
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

  it("throws unchanged what reading a field throws: the notification isn't at fault", () => {
    const failure = new Error("the body was read before");
    const notification = {
      get Records(): never {
        throw failure;
      },
    };
    for (const given of [notification, [notification]]) {
      expect(() => parseNotification(given)).toThrow(failure);
    }
  });
});

import { deliveries, deliveryAt, parseNotification } from "@keywhen/consumer";
import { memoryStore } from "@keywhen/core/testing";
import { migrate, s3SchedulerCodec } from "@keywhen/s3-scheduler";
import { describe } from "vitest";
import { expectComplete, expectMessages, type MessageRow } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

const read = (notification: unknown) => () => parseNotification(notification);
const readS3 = (record: object) => read({ Records: [record] });
const readBlob = (subject: string, url: string) =>
  read({ eventType: "Microsoft.Storage.BlobCreated", subject, data: { url } });
const BLOBS = "/blobServices/default/containers/out/blobs/";

/** An SQS message in an SQS message, and so on. */
function nested(depth: number): unknown {
  return depth === 0 ? "[]" : { Body: JSON.stringify(nested(depth - 1)) };
}

const NOTIFICATIONS: readonly MessageRow[] = [
  {
    what: "a number",
    cause: read(42),
    received: "a number",
    message: "The notification can't be read: it is a number. Pass it as the service sent it.",
  },
  {
    what: "a text",
    cause: read("hello"),
    received: '"hello"',
    message:
      'The notification can\'t be read: it is not JSON (got "hello"). Pass it as the service sent it.',
  },
  {
    what: "bytes that are not UTF-8",
    cause: read(new Uint8Array([0xff])),
    message:
      "The notification can't be read: its bytes are not UTF-8. Pass it as the service sent it.",
  },
  {
    what: "an empty object",
    cause: read({}),
    message:
      "The notification can't be read: it is an empty object. Pass it as the service sent it.",
  },
  {
    what: "an object's name",
    cause: read({ bucket: "out", key: "k" }),
    message:
      "The notification can't be read: it is an object's name, not a notification: to open that object, call deliveryAt(). Pass it as the service sent it.",
  },
  {
    what: "another object",
    cause: read({ kind: "storage#object", size: 3 }),
    received: "kind, size",
    message:
      "The notification can't be read: no known notification has the fields kind, size. Pass it as the service sent it.",
  },
  {
    what: "a message in too many messages",
    cause: read(nested(12)),
    message:
      "The notification can't be read: it is nested too deep. Pass it as the service sent it.",
  },
  {
    what: "a record without a name",
    cause: readS3({ s3: {} }),
    message:
      "The notification can't be read: its record has no eventName. Pass it as the service sent it.",
  },
  {
    what: "a record without a bucket",
    cause: readS3({ eventName: "ObjectCreated:Put", s3: {} }),
    message: "The notification can't be read: it names no bucket. Pass it as the service sent it.",
  },
  {
    what: "a record without a key",
    cause: readS3({ eventName: "ObjectCreated:Put", s3: { bucket: { name: "out" } } }),
    received: "out",
    message:
      "The notification can't be read: it names no object in the bucket out. Pass it as the service sent it.",
  },
  {
    what: "a record with a bad escape",
    cause: readS3({
      eventName: "ObjectCreated:Put",
      s3: { bucket: { name: "out" }, object: { key: "%ff" } },
    }),
    received: '"%ff"',
    message:
      'The notification can\'t be read: "%ff" is not percent-encoded UTF-8. Pass it as the service sent it.',
  },
  {
    what: "an event of another detail type",
    cause: read({ source: "aws.s3", "detail-type": "Bucket Created" }),
    received: '"Bucket Created"',
    message:
      'The notification can\'t be read: its detail-type "Bucket Created" is unknown. Pass it as the service sent it.',
  },
  {
    what: "a recorded call without a name",
    cause: read({ source: "aws.s3", "detail-type": "AWS API Call via CloudTrail", detail: {} }),
    message:
      "The notification can't be read: its detail has no eventName. Pass it as the service sent it.",
  },
  {
    what: "a recorded call whose key may be encoded",
    cause: read({
      source: "aws.s3",
      "detail-type": "AWS API Call via CloudTrail",
      detail: { eventName: "PutObject", requestParameters: { bucketName: "out", key: "a+b" } },
    }),
    received: '"a+b"',
    message:
      'The notification can\'t be read: its key "a+b" may be encoded or not, which CloudTrail does not say: turn on the bucket\'s own EventBridge notifications ("Object Created"). Pass it as the service sent it.',
  },
  {
    what: "a Pub/Sub message of another type",
    cause: read({ message: { attributes: { eventType: "OBJECT_MADE" } } }),
    received: '"OBJECT_MADE"',
    message:
      'The notification can\'t be read: its eventType "OBJECT_MADE" is not one of Cloud Storage. Pass it as the service sent it.',
  },
  {
    what: "an Azure event without a blob",
    cause: readBlob("/blobServices/default", "https://acme.blob.core.windows.net/out/k"),
    received: '"/blobServices/default"',
    message:
      'The notification can\'t be read: its subject "/blobServices/default" names no blob. Pass it as the service sent it.',
  },
  {
    what: "an Azure event of another container",
    cause: readBlob(`${BLOBS}k`, "https://acme.blob.core.windows.net/other/k"),
    received: '"https://acme.blob.core.windows.net/other/k"',
    message:
      'The notification can\'t be read: its url "https://acme.blob.core.windows.net/other/k" is not a blob in the container of its subject. Pass it as the service sent it.',
  },
  {
    what: "an Azure event with two names",
    cause: readBlob(`${BLOBS}a%20b`, "https://acme.blob.core.windows.net/out/a%20b"),
    received: '"a%20b"',
    message:
      'The notification can\'t be read: its url "https://acme.blob.core.windows.net/out/a%20b" and its subject\'s name "a%20b" don\'t identify one blob. Pass it as the service sent it.',
  },
];

const TO = { bucket: "out", key: "42.json" };

async function delivery(body: string) {
  const store = memoryStore();
  await store.put(TO, new TextEncoder().encode(body));
  const opened = await deliveryAt(TO, { store });
  if (opened === undefined) throw new Error("The object is missing.");
  return opened;
}

const SCHEMA = {
  "~standard": {
    version: 1,
    validate: () => ({ issues: [{ message: "expected a number", path: ["userId"] }] }),
  },
} as const;

async function readAll(): Promise<void> {
  const records = ["not JSON", "nor this"];
  for await (const one of deliveries(records, { store: memoryStore() })) await one.bytes();
}

const PAYLOADS: readonly MessageRow[] = [
  {
    what: "a body that is not JSON",
    cause: async () => (await delivery("hello")).json(),
    received: "out/42.json",
    message: "The body of out/42.json is not JSON. Read it with text() or bytes().",
  },
  {
    what: "a body that does not match its schema",
    cause: async () => (await delivery("{}")).json(SCHEMA),
    received: "userId: expected a number",
    message:
      "The body of out/42.json does not match the schema: userId: expected a number. Correct the schema, or the program that writes the event.",
  },
  {
    what: "a schema that is a function",
    cause: async () => (await delivery("{}")).json((() => {}) as never),
    received: "a function",
    message:
      "The schema for json() must be a Standard Schema, such as one of valibot, zod or arktype (got a function).",
  },
  {
    what: "several objects that can't be read",
    cause: readAll,
    received: "2 of the notification's 2 objects",
    message:
      "2 of the notification's 2 objects could not be read. The first: The notification can't be read: it is not JSON (got \"not JSON\"). Pass it as the service sent it. Let the service send the notification again, or handle each failure in onFailure.",
  },
];

const encode = (atMs: number, key: string, deliveryId?: string) => () =>
  s3SchedulerCodec.encode({ atMs, to: { bucket: "out", key }, deliveryId, suffix: undefined });

const LEGACY: readonly MessageRow[] = [
  {
    what: "a migration without the legacy root",
    cause: () => migrate({ store: memoryStore(), bucket: "schedule" } as never),
    message: "root is missing: give the path that the Python package was given.",
  },
  {
    what: "a legacy root that is missing",
    cause: () => s3SchedulerCodec.checkRoot(undefined),
    message: "root is missing: give the path that the Python package was given.",
  },
  {
    what: "a legacy root with a slash at its end",
    cause: () => s3SchedulerCodec.checkRoot("jobs/"),
    received: '"jobs/"',
    message: 'root must not end with a slash or contain a | (got "jobs/").',
  },
  {
    what: "a legacy key with a delivery id",
    cause: encode(0, "k", "d"),
    message:
      "Keys of s3-scheduler have no place for a delivery id, so nothing new can be written in this format. Schedule under a root of keywhen's own, or migrate the bucket.",
  },
  {
    what: "a legacy key before the year 1",
    cause: encode(-62_167_219_200_000, "k"),
    received: "0000-01-01",
    message:
      "Keys of s3-scheduler begin with the year 0001 (got 0000-01-01T00:00:00.000Z). Choose a later time.",
  },
  {
    what: "a legacy key that would be read as another one",
    cause: encode(0, "a~~b"),
    received: '"a~~b"',
    message:
      '"a~~b" has a ~ next to another ~ or a slash. Keys of s3-scheduler write a slash as ~~, so this key would be read as another one. Choose another key.',
  },
  {
    what: "a legacy key with half a character",
    cause: encode(0, "\ud800"),
    received: '"\\ud800"',
    message:
      '"\\ud800" contains a lone surrogate (half of a character), which no store can keep. Remove it.',
  },
];

describe("messages of the consumer and of the migration", () => {
  const rows = [...NOTIFICATIONS, ...PAYLOADS, ...LEGACY];
  expectMessages(rows);
  expectComplete(
    ["consumer", "s3-scheduler"].flatMap((name) =>
      messageTextsIn(`packages/${name}/src`, (file) => !file.startsWith("testing/")),
    ),
    rows,
    { "AWS API Call via CloudTrail": "the name of a notification" },
  );
});

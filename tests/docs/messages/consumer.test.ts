import { deliveries, deliveryAt, handler, parseNotification } from "@keywhen/consumer";
import { memoryStore } from "@keywhen/core/testing";
import { migrate, s3SchedulerCodec } from "@keywhen/s3-scheduler";
import { describe } from "vitest";
import { expectMessages, framed, type Messages } from "./expect-messages.js";
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

const NOTIFICATIONS = framed(
  (problem) => `The notification can't be read: ${problem}. Pass it as the service sent it.`,
  {
    "it is ⟦a number⟧": read(42),
    'it is not JSON (got ⟦"hello"⟧)': read("hello"),
    "⟦its bytes are not UTF-8⟧": read(new Uint8Array([0xff])),
    "it is ⟦an empty object⟧": read({}),
    "it is ⟦an object's name⟧, not a notification: to open that object, call deliveryAt()": read({
      bucket: "out",
      key: "k",
    }),
    "no known notification has the fields ⟦kind, size⟧": read({ kind: "storage#object", size: 3 }),
    "it is ⟦nested too deep⟧": read(nested(12)),
    "⟦its record has no eventName⟧": readS3({ s3: {} }),
    "⟦it names no bucket⟧": readS3({
      eventName: "ObjectCreated:Put",
      s3: {},
    }),
    "it names no object in the bucket ⟦out⟧": readS3({
      eventName: "ObjectCreated:Put",
      s3: { bucket: { name: "out" } },
    }),
    '⟦"%ff"⟧ is not percent-encoded UTF-8': readS3({
      eventName: "ObjectCreated:Put",
      s3: { bucket: { name: "out" }, object: { key: "%ff" } },
    }),
    'its detail-type ⟦"Bucket Created"⟧ is unknown': read({
      source: "aws.s3",
      "detail-type": "Bucket Created",
    }),
    "⟦its detail has no eventName⟧": read({
      source: "aws.s3",
      "detail-type": "AWS API Call via CloudTrail",
      detail: {},
    }),
    'its key ⟦"a+b"⟧ may be encoded or not, which CloudTrail does not say: turn on the bucket\'s own EventBridge notifications ("Object Created")':
      read({
        source: "aws.s3",
        "detail-type": "AWS API Call via CloudTrail",
        detail: { eventName: "PutObject", requestParameters: { bucketName: "out", key: "a+b" } },
      }),
    'its eventType ⟦"OBJECT_MADE"⟧ is not one of Cloud Storage': read({
      message: { attributes: { eventType: "OBJECT_MADE" } },
    }),
    'its subject ⟦"/blobServices/default"⟧ names no blob': readBlob(
      "/blobServices/default",
      "https://acme.blob.core.windows.net/out/k",
    ),
    'its url ⟦"https://acme.blob.core.windows.net/other/k"⟧ is not a blob in the container of its subject':
      readBlob(`${BLOBS}k`, "https://acme.blob.core.windows.net/other/k"),
    'its url "https://acme.blob.core.windows.net/out/a%20b" and its subject\'s name ⟦"a%20b"⟧ don\'t identify one blob':
      readBlob(`${BLOBS}a%20b`, "https://acme.blob.core.windows.net/out/a%20b"),
  },
);

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

const PAYLOADS: Messages = {
  "The body of ⟦out/42.json⟧ is not JSON. Read it with text() or bytes().": async () =>
    (await delivery("hello")).json(),
  "The body of out/42.json does not match the schema: ⟦userId: expected a number⟧. Correct the schema, or the program that writes the event.":
    async () => (await delivery("{}")).json(SCHEMA),
  "The schema for json() must be a Standard Schema, such as one of valibot, zod or arktype (got ⟦a function⟧).":
    async () => (await delivery("{}")).json((() => {}) as never),
  "The schema for handler() must be a Standard Schema, such as one of valibot, zod or arktype (got ⟦an object⟧).":
    () => handler(() => {}, { schema: {} as never }),
  "handler() must be called with a function that takes a delivery (got ⟦undefined⟧).": () =>
    handler(undefined as never),
  "⟦2 of the notification's 2 objects⟧ could not be read. The first: The notification can't be read: it is not JSON (got \"not JSON\"). Pass it as the service sent it. Let the service send the notification again, or handle each failure in onFailure.":
    readAll,
};

const encode = (atMs: number, key: string, deliveryId?: string) => () =>
  s3SchedulerCodec.encode({ atMs, to: { bucket: "out", key }, deliveryId, suffix: undefined });

const LEGACY: Messages = {
  "⟦root⟧ is missing: give the path that the Python package was given.": [
    () => migrate({ store: memoryStore(), bucket: "schedule" } as never),
    () => s3SchedulerCodec.checkRoot(undefined),
  ],
  'root must not end with a slash or contain a | (got ⟦"jobs/"⟧).': () =>
    s3SchedulerCodec.checkRoot("jobs/"),
  "Keys of s3-scheduler have no place for ⟦a delivery id⟧, so nothing new can be written in this format. Schedule under a root of keywhen's own, or migrate the bucket.":
    encode(0, "k", "d"),
  "Keys of s3-scheduler begin with the year 0001 (got ⟦0000-01-01⟧T00:00:00.000Z). Choose a later time.":
    encode(-62_167_219_200_000, "k"),
  '⟦"a~~b"⟧ has a ~ next to another ~ or a slash. Keys of s3-scheduler write a slash as ~~, so this key would be read as another one. Choose another key.':
    encode(0, "a~~b"),
  '⟦"\\ud800"⟧ contains a lone surrogate (half of a character), which no store can keep. Remove it.':
    encode(0, "\ud800"),
};

describe("messages of the consumer and of the migration", () => {
  expectMessages({
    messages: { ...NOTIFICATIONS, ...PAYLOADS, ...LEGACY },
    texts: messageTextsIn(["packages/consumer/src", "packages/s3-scheduler/src"]),
    exempt: { "the name of a notification": ["AWS API Call via CloudTrail"] },
  });
});

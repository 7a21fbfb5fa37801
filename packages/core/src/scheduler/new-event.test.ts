import { Readable } from "node:stream";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { to } from "../test-support/one-event.js";
import { keysOf, NOON, storeError, testSchedule, textOf } from "../test-support/test-schedule.js";
import { createScheduler } from "./create-scheduler.js";
import type { NewEvent } from "./new-event.js";

type Case = readonly [what: string, event: object | undefined];

/** Refused events by the code of the error. `tests/docs/messages` has the messages. */
const REFUSED: Readonly<Record<string, readonly Case[]>> = {
  "invalid-time": [
    ["no time", { in: undefined }],
    ["both times", { at: NOON }],
    ["no offset", { in: undefined, at: "2026-12-24T09:00" }],
    ["a span past the year 9999", { in: "9999999d" }],
  ],
  "invalid-duration": [
    ["a bare number", { in: "10" }],
    ["a duration that is a number", { in: 1000 }],
    ["an expiry without a unit", { expiresAfter: "10" }],
    ["a window without a unit", { window: 10 }],
  ],
  "invalid-target": [
    undefined,
    "out/k",
    { bucket: "", key: "k" },
    { bucket: "b", key: "" },
    { bucket: "b/c", key: "k" },
    { bucket: "b".repeat(64), key: "k" },
    { bucket: "b", key: `${"x".repeat(1_023)}é` }, // 1,025 bytes
    { bucket: "b", key: "\ud800" },
    { bucket: 1, key: "k" },
    { bucket: "b", key: 1 },
    { bucket: "s3://acme/x", key: "k" },
    { bucket: "arn:aws:s3:::acme", key: "k" },
    { bucket: " out", key: "k" },
  ].map((target) => [JSON.stringify(target), { to: target }]),
  "invalid-id": [
    ["an empty delivery id", { in: undefined, at: NOON, deliveryId: "" }],
    ["a delivery id that is a number", { in: undefined, at: NOON, deliveryId: 42 }],
    ["half a character in a delivery id", { in: undefined, at: NOON, deliveryId: "\udc00" }],
  ],
  "key-too-long": [
    ["a long target key", { to: { bucket: "b", key: `é${"x".repeat(955)}` } }],
    ["a long delivery id", { in: undefined, at: NOON, deliveryId: "d".repeat(2_000) }],
  ],
  "invalid-option": [
    ["a typo", { bodi: "x" }],
    ["a typo in the target", { to: { buckett: "b", key: "k" } }],
    ["a chosen id with a duration", { deliveryId: "a" }],
    ["json and body", { json: 1, body: "x" }],
    ["json that is undefined", { json: undefined }],
    ["json that is a function", { json: () => 1 }],
    ["json that is no JSON", { json: 1n }],
    ["a body of the wrong kind", { body: 42 }],
    ["a Blob", { body: new Blob(["x"]) }],
    ["a Node.js stream", { body: Readable.from("x") }],
    ["half a character in a text", { body: "a\ud800b" }],
    ["a size of other bytes", { body: new Uint8Array(3), size: 4 }],
    ["a size of other text", { body: "é", size: 1 }],
    ["a size that is text", { body: "x", size: "1" }],
    ["a negative size", { body: "x", size: -1 }],
    ["metadata that is text", { metadata: "a=1" }],
    ["a metadata value of 1", { metadata: { a: 1 } }],
    ["a metadata name", { metadata: { User: "x" } }],
    ["keywhen's metadata", { metadata: { "keywhen-id": "x" } }],
    ["a metadata value", { metadata: { user: "é" } }],
    ["a blank at the end of a value", { metadata: { user: "a " } }],
    ["too much metadata", { metadata: { user: "x".repeat(2_000) } }],
    ...["contentType", "contentEncoding", "cacheControl"].flatMap((name) =>
      ["a\r\nx-other: 1", "no\0store", "€", "ü", "a\tb", " a ", "", 42, "\x7f"].map(
        (value): Case => [`${name} ${JSON.stringify(value)}`, { [name]: value }],
      ),
    ),
  ],
};

async function expectRefused(event: object | undefined, error: object) {
  const schedule = testSchedule();
  const result = createScheduler(schedule).schedule(event as NewEvent);
  await expect(result).rejects.toMatchObject(error);
  expect(await keysOf(schedule.store, "schedule")).toEqual([]);
}

describe("schedule() with bad input sends nothing", () => {
  for (const [code, cases] of Object.entries(REFUSED)) {
    it.each(cases)(`and throws ${code} for %s`, (_, event) =>
      expectRefused({ in: "1h", to, ...event }, { code }),
    );
  }

  it("and throws invalid-option without an event", () =>
    expectRefused(undefined, { code: "invalid-option" }));

  it("and says where half a character is, after whole pairs", () =>
    expectRefused(
      { in: "1h", to, body: "😀\udc00" },
      { message: expect.stringMatching(/index 2/) },
    ));
});

/** What a stream of another implementation has. */
const streamOf = (reader: object) => ({ getReader: () => reader }) as never;

describe("schedule() with unusual input that is right", () => {
  const bodyOf = async (event: object) => {
    const schedule = testSchedule();
    const { id } = await createScheduler(schedule).schedule({ in: "1h", to, ...event } as NewEvent);
    return textOf(schedule.store, "schedule", `keywhen/pending/${id}`);
  };

  it("takes text, bytes and dates of another realm, and an ArrayBuffer", async () => {
    const at: Date = runInNewContext("new Date('2026-12-24T13:00Z')");
    const bytes: Uint8Array = runInNewContext("new Uint8Array([0, 104, 105]).subarray(1)");
    const buffer: ArrayBuffer = runInNewContext("new Uint8Array([104, 105]).buffer");
    for (const body of [bytes, buffer, new TextEncoder().encode("hi").buffer, Buffer.from("hi")]) {
      expect(await bodyOf({ body })).toBe("hi");
    }
    const { id } = await createScheduler(testSchedule()).schedule({ at, to });
    expect(id).toMatch(/^2026-12-24T13:00:00\.000Z/);
  });

  it("takes a stream of another implementation", async () => {
    const chunks = ["h", "i"].map((text) => new TextEncoder().encode(text));
    const read = async () => ({ done: chunks.length === 0, value: chunks.shift() });
    expect(await bodyOf({ body: streamOf({ read, cancel: async () => undefined }) })).toBe("hi");
  });

  it("refuses a stream of another implementation that gives text, and stores nothing", async () => {
    const schedule = testSchedule();
    const body = streamOf({ read: async () => ({ done: false, value: "text" }) });
    await expect(createScheduler(schedule).schedule({ in: "1h", to, body })).rejects.toMatchObject({
      cause: { code: "invalid-option", message: expect.stringContaining('(got "text")') },
    });
    expect(await keysOf(schedule.store, "schedule")).toEqual([]);
  });

  it("cancels a stream of another implementation if the store refuses it", async () => {
    const schedule = testSchedule();
    const refused = storeError("denied", "put");
    const reasons: unknown[] = [];
    const put = async (_: unknown, given: unknown): Promise<never> => {
      if (given instanceof ReadableStream) await given.cancel(refused);
      throw refused;
    };
    const body = streamOf({ cancel: async (reason: unknown) => reasons.push(reason) });
    const scheduler = createScheduler({ ...schedule, store: { ...schedule.store, put } });
    const scheduling = scheduler.schedule({ in: "1h", to, body });
    await expect(scheduling).rejects.toMatchObject({ code: "denied" });
    expect(reasons).toEqual([refused]);
  });

  it("takes a content type for json", async () => {
    const scheduler = createScheduler(testSchedule());
    const contentType = "application/ld+json";
    const { id } = await scheduler.schedule({ in: "1h", to, json: {}, contentType });
    expect((await scheduler.get(id))?.contentType).toBe(contentType);
  });

  it("takes a body next to a json that is undefined", async () => {
    expect(await bodyOf({ json: undefined, body: "x" })).toBe("x");
  });
});

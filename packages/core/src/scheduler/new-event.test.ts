import { Readable } from "node:stream";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { to } from "../test-support/one-event.js";
import { keysOf, NOON, storeError, testSchedule, textOf } from "../test-support/test-schedule.js";
import { createScheduler } from "./create-scheduler.js";
import type { NewEvent } from "./new-event.js";

function circular(): object {
  const loop: { self?: object } = {};
  loop.self = loop;
  return loop;
}

type Cases = [what: string, event: object | undefined, message: RegExp][];

const TIMES: Cases = [
  ["no time", { to }, /The time is missing/],
  ["both times", { at: NOON, in: "1h", to }, /both "at" and "in"/],
  ["no offset", { at: "2026-12-24T09:00", to }, /has no UTC offset/],
  ["a span past the year 9999", { in: "9999999d", to }, /after the year 9999/],
];

const DURATIONS: Cases = [
  ["a bare number", { in: "10", to }, /not a duration/],
  ["a duration that is a number", { in: 1000, to }, /"1000ms"/],
];

const LONG_KEY = "x".repeat(1024);
const TARGETS: Cases = [
  ["no target", undefined, /give to as \{ bucket, key \}/],
  ["a target as text", "out/k" as never, /\(got "out\/k"\)/],
  ["no bucket", { bucket: "", key: "k" }, /bucket is empty/],
  ["no key", { bucket: "b", key: "" }, /key is empty/],
  ["a slash in the bucket", { bucket: "b/c", key: "k" }, /contains a slash/],
  ["a long bucket", { bucket: "b".repeat(64), key: "k" }, /64 characters; the limit is 63/],
  ["a long key", { bucket: "b", key: `${LONG_KEY}é` }, /1,026 bytes; .* 1,024: shorten it by 2/],
  ["half a surrogate pair", { bucket: "b", key: "\ud800" }, /surrogate/],
  ["a bucket that is a number", { bucket: 1, key: "k" }, /\(got 1\)/],
  ["a key that is a number", { bucket: "b", key: 1 }, /\(got 1\)/],
  ["a URL", { bucket: "s3://acme/x", key: "k" }, /"s3:\/\/acme\/x" is a URL: .* alone, "acme"\./],
  ["an ARN", { bucket: "arn:aws:s3:::acme", key: "k" }, /is an ARN: give the name alone, "acme"\./],
  ["a bucket with a blank", { bucket: " out", key: "k" }, /space/],
];

const IDS: Cases = [
  ["an empty delivery id", { deliveryId: "" }, /at least one character/],
  ["one that is a number", { deliveryId: 42 }, /^deliveryId must be a string \(got 42\)\.$/],
  ["half a character in one", { deliveryId: "\udc00" }, /half/],
];

const KEYS: Cases = [
  [
    "a long target key",
    { to: { bucket: "b", key: `é${"x".repeat(955)}` } },
    /would be 1,017 bytes; the limit is 1,015 \(the store's 1,024 less 9 for a later reschedule\). The target key is 961 bytes once escaped \(é counts 6\): shorten it by 2\./,
  ],
  [
    "a long delivery id",
    { in: undefined, at: NOON, deliveryId: "d".repeat(2_000) },
    /The delivery id is 2,000 bytes once escaped: shorten it by 1,0/,
  ],
];

const OPTIONS: Cases = [
  ["a typo", { bodi: "x" }, /no option "bodi". Did you mean "body"\?/],
  ["a typo in the target", { to: { buckett: "b", key: "k" } }, /Did you mean "bucket"/],
  ["a chosen id with a duration", { deliveryId: "a" }, /^A chosen deliveryId needs "at"/],
  ["json and body", { json: 1, body: "x" }, /both json and body/],
  ["json that is undefined", { json: undefined }, /give null/],
  ["json that is a function", { json: () => 1 }, /json is a function/],
  ["circular json", { json: circular() }, /can't be written as JSON/],
  [
    "a body of the wrong kind",
    { body: 42 },
    /must be a string, a Uint8Array, an ArrayBuffer or a ReadableStream of bytes \(got 42\)/,
  ],
  [
    "a Blob",
    { body: new Blob(["x"]) },
    /got a Blob\)\. For a Blob or File, give body: blob.stream/,
  ],
  ["a Node.js stream", { body: Readable.from("x") }, /toWeb/],
  ["half a character in a text", { body: "a\ud800b" }, /lone surrogate .* at index 1/],
  ["half a character at the end", { body: "😀\udc00" }, /index 2/],
  [
    "a size of other bytes",
    { body: new Uint8Array(3), size: 4 },
    /size is 4, but .* 3 bytes: leave/,
  ],
  ["a size of other text", { body: "é", size: 1 }, /body has 2 bytes/],
  ["a size that is text", { body: "x", size: "1" }, /\(got "1"\)/],
  ["a negative size", { body: "x", size: -1 }, /size must be/],
  ["metadata that is text", { metadata: "a=1" }, /\(got "a=1"\)/],
  ["a metadata value of 1", { metadata: { a: 1 } }, /value of "a" must be a string \(got 1\)/],
  ["a metadata name", { metadata: { User: "x" } }, /"User" is not a valid metadata name/],
  ["keywhen's metadata", { metadata: { "keywhen-id": "x" } }, /reserved/],
  ["a metadata value", { metadata: { user: "é" } }, /must be printable ASCII/],
  ["a blank at the end of a value", { metadata: { user: "a " } }, /without a space/],
  [
    "too much metadata",
    { metadata: { user: "x".repeat(2000) } },
    /2060 bytes, .*; the limit is 2048/,
  ],
];

async function expectRefused(event: object | undefined, code: string, message: RegExp) {
  const schedule = testSchedule();
  const result = createScheduler(schedule).schedule(event as NewEvent);
  await expect(result).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  expect(await keysOf(schedule.store, "schedule")).toEqual([]);
}

describe("schedule() with bad input", () => {
  it.each(TIMES)("refuses %s and sends nothing", (_, event, message) =>
    expectRefused(event, "invalid-time", message),
  );

  it.each(DURATIONS)("refuses %s and sends nothing", (_, event, message) =>
    expectRefused(event, "invalid-duration", message),
  );

  it.each(TARGETS)("refuses %s as its target and sends nothing", (_, target, message) =>
    expectRefused({ in: "1h", to: target }, "invalid-target", message),
  );

  it.each(IDS)("refuses %s and sends nothing", (_, event, message) =>
    expectRefused({ at: NOON, to, ...event }, "invalid-id", message),
  );

  it.each(KEYS)("refuses %s and sends nothing", (_, event, message) =>
    expectRefused({ in: "1h", to, ...event }, "key-too-long", message),
  );

  it.each(OPTIONS)("refuses %s and sends nothing", (_, event, message) =>
    expectRefused({ in: "1h", to, ...event }, "invalid-option", message),
  );

  it("refuses to be called with nothing", () =>
    expectRefused(undefined, "invalid-option", /An event must be an object \(got undef/));

  const headers = ["contentType", "contentEncoding", "cacheControl"];
  const bad = ["a\r\nx-other: 1", "no\0store", "€", "ü", "a\tb", " a ", "", 42, "\x7f"];
  it.each(headers.flatMap((name) => bad.map((value) => [name, value])))(
    "refuses %s %j, which no header can hold everywhere, and sends nothing",
    (name, value) => {
      const event = { in: "1h", to, body: "x", [String(name)]: value };
      return expectRefused(event, "invalid-option", new RegExp(`^${name} `));
    },
  );
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

  it("refuses a stream of another implementation that gives text, and leaves no event behind", async () => {
    const schedule = testSchedule();
    const body = streamOf({ read: async () => ({ done: false, value: "text" }) });
    await expect(createScheduler(schedule).schedule({ in: "1h", to, body })).rejects.toMatchObject({
      cause: { code: "invalid-option", message: expect.stringContaining('(got "text")') },
    });
    expect(await keysOf(schedule.store, "schedule")).toEqual([]);
  });

  it("cancels a stream of another implementation when the store refuses the rest", async () => {
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

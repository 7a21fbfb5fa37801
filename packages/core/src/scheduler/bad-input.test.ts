import { Readable } from "node:stream";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { createDeadLetters } from "../dead/dead-letters.js";
import { createShards } from "../shards/create-shards.js";
import { memoryStore } from "../store/memory-store.js";
import type { ObjectStore } from "../store/object-store.js";
import { createSweeper } from "../sweep/create-sweeper.js";
import { otherCodec } from "../test-support/other-codec.js";
import { keysOf, NOON, storeError, testSchedule, textOf } from "../test-support/test-schedule.js";
import { createScheduler } from "./create-scheduler.js";
import type { NewEvent } from "./new-event.js";

const to = { bucket: "out", key: "reports/42.json" };

class S3Client {
  send() {}
}

function circular(): object {
  const loop: { self?: object } = {};
  loop.self = loop;
  return loop;
}

describe("schedule() with bad input", () => {
  const long = "x".repeat(1024);
  const cases: [string, object | undefined, string, RegExp][] = [
    ["no time", { to }, "invalid-time", /When is it due\? Give at/],
    ["both times", { at: NOON, in: "1h", to }, "invalid-time", /at or in, not both/],
    ["no offset", { at: "2026-12-24T09:00", to }, "invalid-time", /has no UTC offset/],
    ["a bare number", { in: "10", to }, "invalid-duration", /not a duration/],
    [
      "a span past the year 9999",
      { in: "9999999d", to },
      "invalid-time",
      /after the year 9999, the latest that is supported/,
    ],
    ["no bucket", { in: "1h", to: { bucket: "", key: "k" } }, "invalid-target", /bucket is empty/],
    ["no key", { in: "1h", to: { bucket: "b", key: "" } }, "invalid-target", /key is empty/],
    [
      "a slash in the bucket",
      { in: "1h", to: { bucket: "b/c", key: "k" } },
      "invalid-target",
      /holds a slash/,
    ],
    [
      "a long bucket",
      { in: "1h", to: { bucket: "b".repeat(64), key: "k" } },
      "invalid-target",
      /64 characters; the limit is 63/,
    ],
    [
      "a long target key",
      { in: "1h", to: { bucket: "b", key: `${long}é` } },
      "invalid-target",
      /1,026 bytes; the limit is 1,024: shorten it by 2/,
    ],
    [
      "a long schedule key",
      { in: "1h", to: { bucket: "b", key: `é${"x".repeat(955)}` } },
      "key-too-long",
      /would be 1,017 bytes; the limit is 1,015 \(the store's 1,024 less 9 for a later reschedule\). The target key is 961 bytes once escaped \(é counts 6\): shorten it by 2\./,
    ],
    [
      "half a surrogate pair",
      { in: "1h", to: { bucket: "b", key: "\ud800" } },
      "invalid-target",
      /surrogate/,
    ],
    [
      "an empty delivery id",
      { at: NOON, to, deliveryId: "" },
      "invalid-id",
      /at least one character/,
    ],
    [
      "a typo",
      { in: "1h", to, bodi: "x" },
      "invalid-option",
      /no option "bodi". Did you mean "body"\?/,
    ],
    [
      "a typo in the target",
      { in: "1h", to: { buckett: "b", key: "k" } },
      "invalid-option",
      /Did you mean "bucket"/,
    ],
    [
      "json and body",
      { in: "1h", to, json: 1, body: "x" },
      "invalid-option",
      /json or body, not both/,
    ],
    [
      "a body of the wrong kind",
      { in: "1h", to, body: 42 },
      "invalid-option",
      /must be a string, a Uint8Array, an ArrayBuffer or a ReadableStream of bytes \(got 42\)/,
    ],
    [
      "a Blob",
      { in: "1h", to, body: new Blob(["x"]) },
      "invalid-option",
      /got a Blob\)\. Of a Blob or File, give body: blob.stream\(\)/,
    ],
    ["a Node.js stream", { in: "1h", to, body: Readable.from("x") }, "invalid-option", /toWeb/],
    ["json that is undefined", { in: "1h", to, json: undefined }, "invalid-option", /give null/],
    [
      "half a character in a text",
      { in: "1h", to, body: "a\ud800b" },
      "invalid-option",
      /lone surrogate, at index 1/,
    ],
    [
      "half a character at the end",
      { in: "1h", to, body: "😀\udc00" },
      "invalid-option",
      /index 2/,
    ],
    ["no target", { in: "1h" }, "invalid-target", /give to as \{ bucket, key \}/],
    ["a target as text", { in: "1h", to: "out/k" }, "invalid-target", /\(got "out\/k"\)/],
    [
      "a bucket that is a number",
      { in: "1h", to: { bucket: 1, key: "k" } },
      "invalid-target",
      /\(got 1\)/,
    ],
    [
      "a key that is a number",
      { in: "1h", to: { bucket: "b", key: 1 } },
      "invalid-target",
      /\(got 1\)/,
    ],
    [
      "a URL as the bucket",
      { in: "1h", to: { bucket: "s3://acme/x", key: "k" } },
      "invalid-target",
      /"s3:\/\/acme\/x" is a URL: give the name alone, "acme"\./,
    ],
    [
      "an ARN as the bucket",
      { in: "1h", to: { bucket: "arn:aws:s3:::acme", key: "k" } },
      "invalid-target",
      /is an ARN: give the name alone, "acme"\./,
    ],
    [
      "a bucket with a blank",
      { in: "1h", to: { bucket: " out", key: "k" } },
      "invalid-target",
      /blank/,
    ],
    [
      "a delivery id that is a number",
      { at: NOON, to, deliveryId: 42 },
      "invalid-id",
      /^deliveryId must be a string \(got 42\)\.$/,
    ],
    [
      "half a character in a delivery id",
      { at: NOON, to, deliveryId: "\udc00" },
      "invalid-id",
      /half/,
    ],
    [
      "a long delivery id",
      { at: NOON, to, deliveryId: "d".repeat(2_000) },
      "key-too-long",
      /The delivery id is 2,000 bytes once escaped: shorten it by 1,0/,
    ],
    [
      "a chosen delivery id with a duration",
      { in: "1h", to, deliveryId: "order-42" },
      "invalid-option",
      /^A chosen deliveryId needs at, not in/,
    ],
    ["metadata that is text", { in: "1h", to, metadata: "a=1" }, "invalid-option", /\(got "a=1"\)/],
    [
      "a metadata value that is a number",
      { in: "1h", to, metadata: { a: 1 } },
      "invalid-option",
      /value of "a" must be a string \(got 1\)/,
    ],
    [
      "a size that bytes do not have",
      { in: "1h", to, body: new Uint8Array(3), size: 4 },
      "invalid-option",
      /size is 4, but body has 3 bytes: leave size out/,
    ],
    [
      "a size that text does not have",
      { in: "1h", to, body: "é", size: 1 },
      "invalid-option",
      /body has 2 bytes/,
    ],
    ["a size of text", { in: "1h", to, body: "x", size: "1" }, "invalid-option", /\(got "1"\)/],
    ["a negative size", { in: "1h", to, body: "x", size: -1 }, "invalid-option", /size must be/],
    [
      "nothing",
      undefined,
      "invalid-option",
      /An event needs an object of options \(got undefined\)/,
    ],
    ["a duration that is a number", { in: 1000, to }, "invalid-duration", /"1000ms"/],
    ["json that is none", { in: "1h", to, json: () => 1 }, "invalid-option", /json is a function/],
    [
      "circular json",
      { in: "1h", to, json: circular() },
      "invalid-option",
      /can't be written as JSON/,
    ],
    [
      "a metadata name",
      { in: "1h", to, metadata: { User: "x" } },
      "invalid-option",
      /"User" is no metadata name/,
    ],
    [
      "keywhen's metadata",
      { in: "1h", to, metadata: { "keywhen-id": "x" } },
      "invalid-option",
      /keywhen's own/,
    ],
    [
      "a metadata value",
      { in: "1h", to, metadata: { user: "é" } },
      "invalid-option",
      /must be printable ASCII/,
    ],
    [
      "a blank at the end of a value",
      { in: "1h", to, metadata: { user: "a " } },
      "invalid-option",
      /without blanks/,
    ],
    [
      "too much metadata",
      { in: "1h", to, metadata: { user: "x".repeat(2000) } },
      "invalid-option",
      /2060 bytes with keywhen's own; the limit is 2048/,
    ],
  ];
  it.each(cases)("refuses %s and sends nothing", async (_, event, code, message) => {
    const home = testSchedule();
    const result = createScheduler(home).schedule(event as NewEvent);
    await expect(result).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await keysOf(home.store, "schedule")).toEqual([]);
  });

  const headers = ["contentType", "contentEncoding", "cacheControl"];
  const bad = ["a\r\nx-other: 1", "no\0store", "€", "ü", "a\tb", " a ", "", 42, "\x7f"];
  it.each(headers.flatMap((name) => bad.map((value) => [name, value])))(
    "refuses %s %j, which no header can hold everywhere, and sends nothing",
    async (name, value) => {
      const home = testSchedule();
      const event = { in: "1h", to, body: "x", [String(name)]: value } as NewEvent;
      await expect(createScheduler(home).schedule(event)).rejects.toMatchObject({
        code: "invalid-option",
        message: expect.stringMatching(new RegExp(`^${name} `)),
      });
      expect(await keysOf(home.store, "schedule")).toEqual([]);
    },
  );
});

describe("schedule() with unusual input that is right", () => {
  it("takes text, bytes and dates of another realm, and an ArrayBuffer", async () => {
    const home = testSchedule();
    const scheduler = createScheduler(home);
    const at: Date = runInNewContext("new Date('2026-12-24T13:00Z')");
    const bytes: Uint8Array = runInNewContext("new Uint8Array([0, 104, 105]).subarray(1)");
    const buffer: ArrayBuffer = runInNewContext("new Uint8Array([104, 105]).buffer");
    for (const body of [bytes, buffer, new TextEncoder().encode("hi").buffer, Buffer.from("hi")]) {
      const { id } = await scheduler.schedule({ at, to, body });
      expect(id).toMatch(/^2026-12-24T13:00:00\.000Z/);
      expect(await textOf(home.store, "schedule", `keywhen/pending/${id}`)).toBe("hi");
    }
  });

  it("takes a stream of another implementation", async () => {
    const home = testSchedule();
    const chunks = ["h", "i"].map((text) => new TextEncoder().encode(text));
    const body = {
      getReader: () => ({
        read: async () => ({ done: chunks.length === 0, value: chunks.shift() }),
        cancel: async () => undefined,
      }),
    } as never;
    const { id } = await createScheduler(home).schedule({ in: "1h", to, body });
    expect(await textOf(home.store, "schedule", `keywhen/pending/${id}`)).toBe("hi");
  });

  it("refuses a stream of another implementation that gives text, and leaves no event behind", async () => {
    const home = testSchedule();
    const body = {
      getReader: () => ({ read: async () => ({ done: false, value: "text" }) }),
    } as never;
    await expect(createScheduler(home).schedule({ in: "1h", to, body })).rejects.toMatchObject({
      cause: { code: "invalid-option", message: `The body's stream gave "text", not bytes.` },
    });
    expect(await keysOf(home.store, "schedule")).toEqual([]);
  });

  it("cancels a stream of another implementation when the store does not want the rest", async () => {
    const home = testSchedule();
    const refused = storeError("denied", "put");
    const reasons: unknown[] = [];
    const store: ObjectStore = {
      ...home.store,
      put: async (_, given) => {
        if (given instanceof ReadableStream) await given.cancel(refused);
        throw refused;
      },
    };
    const body = {
      getReader: () => ({ cancel: async (reason: unknown) => reasons.push(reason) }),
    } as never;
    const scheduling = createScheduler({ ...home, store }).schedule({ in: "1h", to, body });
    await expect(scheduling).rejects.toMatchObject({ code: "denied" });
    expect(reasons).toEqual([refused]);
  });

  it("takes a content type for json", async () => {
    const scheduler = createScheduler(testSchedule());
    const event = { in: "1h", to, json: {}, contentType: "application/ld+json" } as const;
    const { id } = await scheduler.schedule(event);
    expect((await scheduler.get(id))?.contentType).toBe("application/ld+json");
  });

  it("takes a body beside a json that is undefined", async () => {
    const home = testSchedule();
    const { id } = await createScheduler(home).schedule({
      in: "1h",
      to,
      json: undefined,
      body: "x",
    });
    expect(await textOf(home.store, "schedule", `keywhen/pending/${id}`)).toBe("x");
  });
});

describe("createScheduler()", () => {
  it.each([
    ["a typo", { buckt: "b" }, /no option "buckt". Did you mean "bucket"/],
    ["no bucket", { bucket: "" }, /bucket is empty/],
    ["a bucket that is left out", { bucket: undefined }, /bucket is empty: give its name/],
    [
      "a bucket with a slash",
      { bucket: "a/b" },
      /"a\/b" holds a slash: give the name alone, "a", a folder in it is the option root/,
    ],
    ["a slash for a bucket", { bucket: "/" }, /"\/" holds a slash: give the name alone, /],
    ["a URL without a bucket", { bucket: "s3://" }, /"s3:\/\/" is a URL: give the name alone\.$/],
    [
      "a bucket that is a URL",
      { bucket: "s3://acme" },
      /"s3:\/\/acme" is a URL: give the name alone, "acme"/,
    ],
    [
      "a bucket that is an ARN",
      { bucket: "arn:aws:s3:::acme" },
      /is an ARN: give the name alone, "acme"/,
    ],
    ["no store", { store: undefined }, /^store is missing: give an ObjectStore, for example/],
    [
      "a client for a store",
      { store: new S3Client() },
      /^store is an S3Client, which is no ObjectStore: wrap the client/,
    ],
    [
      "Date for a clock",
      { clock: Date },
      /clock must be a Clock with now\(\), monotonic\(\) and sleep\(\)/,
    ],
    ["a seed for random", { random: 42 }, /random must be a function \(got 42\)/],
    [
      "the name of a codec",
      { codec: "v1" },
      /codec must be a KeyCodec, such as codecV1 \(got "v1"\)/,
    ],
    [
      "a root that is a number",
      { root: 42 },
      /root must be a string, like keywhen or acme\/jobs \(got 42\)/,
    ],
    ["shards that are text", { shards: "4" }, /shards must be a whole number .* \(got "4"\)/],
    ["a guard that is a number", { guard: 4000 }, /milliseconds are "4000ms"/],
    ["a short guard", { guard: "2s" }, /guard 2s is too short: at least 3s/],
    ["a root with a reserved folder", { root: "a/pending" }, /"pending" can't be part of it/],
    ["a root with a shard's folder", { root: "pending.0a" }, /"pending.0a" can't be part/],
    ["a root with a slash at its end", { root: "a/" }, /without a leading or trailing slash/],
    ["an empty root", { root: "" }, /without a leading or trailing slash/],
  ])("refuses %s", (_, options, message) => {
    expect(() => createScheduler({ ...testSchedule(), ...options } as never)).toThrow(message);
  });

  it.each([undefined, null, "schedule", []])("refuses %j in place of its options", (options) => {
    for (const create of [createScheduler, createDeadLetters, createSweeper, createShards]) {
      expect(() => create(options as never)).toThrow(
        expect.objectContaining({
          code: "invalid-option",
          message: expect.stringMatching(
            /^create\w+\(\) needs an object of options \(got .*Known: store/,
          ),
        }),
      );
    }
  });

  it("refuses a store that lists in no order", () => {
    const { clock } = testSchedule();
    const store = memoryStore({ clock, capabilities: { orderedList: false } });
    expect(() => createScheduler({ store, bucket: "b" })).toThrow(/lists in no order/);
  });

  it("refuses shards for keys of a format that knows none", () => {
    const home = { ...testSchedule(), codec: otherCodec };
    expect(() => createScheduler({ ...home, shards: 4 })).toThrow(/can't be in shards/);
    expect(() => createScheduler({ ...home, shards: 0 })).not.toThrow();
  });

  it("takes this machine's clock, if it is given none", async () => {
    const home = { store: memoryStore({ clock: Date }), bucket: "schedule" };
    const before = Date.now();
    const { at } = await createScheduler(home).schedule({ in: "1h", to });
    expect(at.getTime() - before).toBeGreaterThanOrEqual(3_600_000);
    expect(at.getTime() - Date.now()).toBeLessThanOrEqual(3_600_000);
  });

  it("needs no guard where one clock serves", async () => {
    const home = testSchedule({ clock: "shared" });
    const event = { at: new Date(home.clock.now() + 1), to, deliveryId: "x" };
    expect((await createScheduler(home).schedule(event)).outcome).toBe("scheduled");
  });
});

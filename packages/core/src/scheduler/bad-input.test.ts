import { describe, expect, it } from "vitest";
import { seedCodec } from "../codec/seed-codec.js";
import { memoryStore } from "../store/memory-store.js";
import { keysOf, NOON, testHome } from "../test-support/test-home.js";
import { createScheduler } from "./create-scheduler.js";
import type { NewEvent } from "./new-event.js";

const to = { bucket: "out", key: "reports/42.json" };

function circular(): object {
  const loop: { self?: object } = {};
  loop.self = loop;
  return loop;
}

describe("schedule() with bad input", () => {
  const long = "x".repeat(1024);
  const cases: [string, object, string, RegExp][] = [
    ["no time", { to }, "invalid-time", /When is it due\? Give at/],
    ["both times", { at: NOON, in: "1h", to }, "invalid-time", /at or in, not both/],
    ["no offset", { at: "2026-12-24T09:00", to }, "invalid-time", /has no UTC offset/],
    ["a bare number", { in: "10", to }, "invalid-duration", /not a duration/],
    ["a span past the year 9999", { in: "9999999d", to }, "invalid-time", /past the year 9999/],
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
      { in: "1h", to, deliveryId: "" },
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
      /must be a string, a Uint8Array/,
    ],
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
    const home = testHome();
    const result = createScheduler(home).schedule(event as NewEvent);
    await expect(result).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await keysOf(home.store, "schedule")).toEqual([]);
  });
});

describe("createScheduler()", () => {
  it.each([
    ["a typo", { buckt: "b" }, /no option "buckt". Did you mean "bucket"/],
    ["no bucket", { bucket: "" }, /bucket is empty/],
    ["a short guard", { guard: "2s" }, /guard 2s is too short: at least 3s/],
    ["a root with a reserved folder", { root: "a/pending" }, /"pending" can't be part of it/],
    ["a root with a shard's folder", { root: "pending.0a" }, /"pending.0a" can't be part/],
    ["a root with a slash at its end", { root: "a/" }, /without a leading or trailing slash/],
    ["an empty root", { root: "" }, /without a leading or trailing slash/],
  ])("refuses %s", (_, options, message) => {
    expect(() => createScheduler({ ...testHome(), ...options } as never)).toThrow(message);
  });

  it("refuses a store that lists in no order", () => {
    const { clock } = testHome();
    const store = memoryStore({ clock, capabilities: { orderedList: false } });
    expect(() => createScheduler({ store, bucket: "b" })).toThrow(/lists in no order/);
  });

  it("refuses shards for keys of a format that knows none", () => {
    const home = { ...testHome(), codec: seedCodec, root: "scheduled" };
    expect(() => createScheduler({ ...home, shards: 4 })).toThrow(/lie in no shards/);
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
    const home = testHome({ clock: "shared" });
    const event = { in: "1ms", to, deliveryId: "x" } as const;
    expect((await createScheduler(home).schedule(event)).outcome).toBe("scheduled");
  });
});

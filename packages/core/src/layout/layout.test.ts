import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIRST_INSTANT_MS, LAST_INSTANT_MS } from "../time/instant.js";
import { parseLayoutJson, shardCount, shardsAt, writeLayoutJson } from "./layout.js";

const FROM = "2026-12-24T12:20:00.000Z";
const layout = (numbers: unknown, more = {}) => JSON.stringify({ version: 1, numbers, ...more });

describe("parseLayoutJson()", () => {
  it("reads what is written, by rising instants", () => {
    const number = fc.record({
      shards: fc.integer({ min: 0, max: 256 }),
      fromMs: fc.integer({ min: FIRST_INSTANT_MS, max: LAST_INSTANT_MS }),
    });
    fc.assert(
      fc.property(fc.array(number), (numbers) => {
        const sorted = numbers.toSorted((one, other) => one.fromMs - other.fromMs);
        expect(parseLayoutJson(writeLayoutJson({ numbers }, "nonce"))).toEqual({ numbers: sorted });
      }),
    );
  });

  it("passes over fields that it doesn't know", () => {
    const text = layout([{ shards: 4, from: FROM, why: "load" }], { nonce: "n", author: "me" });
    expect(parseLayoutJson(text)).toEqual({ numbers: [{ shards: 4, fromMs: Date.parse(FROM) }] });
  });

  it.each([
    "",
    "null",
    "[]",
    "{}",
    "4",
    '{"numbers":[]}',
    JSON.stringify({ version: 2, numbers: [] }),
    layout({}),
    layout([4]),
    layout([{ shards: 257, from: FROM }]),
    layout([{ shards: -1, from: FROM }]),
    layout([{ shards: 1.5, from: FROM }]),
    layout([{ shards: "4", from: FROM }]),
    layout([{ shards: 4 }]),
    layout([{ shards: 4, from: "2026-12-24" }]),
    layout([{ shards: 4, from: "2026-02-30T00:00:00.000Z" }]),
    layout([{ shards: 4, from: 0 }]),
    layout([{ shards: 4, from: FROM }, null]),
  ])("takes %s for no layout", (text) => {
    expect(parseLayoutJson(text)).toBeUndefined();
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseLayoutJson(text)));
  });
});

describe("a layout", () => {
  const numbers = [
    { shards: 4, fromMs: 1_000 },
    { shards: 16, fromMs: 2_000 },
    { shards: 8, fromMs: 3_000 },
  ];

  it("has a number for each instant: none before the first", () => {
    expect([999, 1_000, 2_999, 3_000].map((nowMs) => shardsAt({ numbers }, nowMs))).toEqual([
      0, 4, 16, 8,
    ]);
  });

  it("has events in the shards of its largest number, also while a smaller one is used", () => {
    expect(shardCount({ numbers })).toBe(16);
    expect(shardCount({ numbers: [] })).toBe(0);
  });
});

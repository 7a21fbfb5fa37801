import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIRST_INSTANT_MS, LAST_INSTANT_MS } from "../time/instant.js";
import { parseShardMapJson, shardCount, shardsAt, writeShardMapJson } from "./shard-map.js";

const FROM = "2026-12-24T12:20:00.000Z";
const shardMap = (numbers: unknown, more = {}) => JSON.stringify({ version: 1, numbers, ...more });

describe("parseShardMapJson()", () => {
  it("reads what is written, by rising instants", () => {
    const number = fc.record({
      shards: fc.integer({ min: 0, max: 256 }),
      fromMs: fc.integer({ min: FIRST_INSTANT_MS, max: LAST_INSTANT_MS }),
    });
    fc.assert(
      fc.property(fc.array(number), (numbers) => {
        const sorted = numbers.toSorted((one, other) => one.fromMs - other.fromMs);
        expect(parseShardMapJson(writeShardMapJson({ numbers }, "nonce"))).toEqual({
          numbers: sorted,
        });
      }),
    );
  });

  it("passes over fields that it doesn't know", () => {
    const text = shardMap([{ shards: 4, from: FROM, why: "load" }], { nonce: "n", author: "me" });
    expect(parseShardMapJson(text)).toEqual({ numbers: [{ shards: 4, fromMs: Date.parse(FROM) }] });
  });

  it.each([
    "",
    "null",
    "[]",
    "{}",
    "4",
    '{"numbers":[]}',
    JSON.stringify({ version: 2, numbers: [] }),
    shardMap({}),
    shardMap([4]),
    shardMap([{ shards: 257, from: FROM }]),
    shardMap([{ shards: -1, from: FROM }]),
    shardMap([{ shards: 1.5, from: FROM }]),
    shardMap([{ shards: "4", from: FROM }]),
    shardMap([{ shards: 4 }]),
    shardMap([{ shards: 4, from: "2026-12-24" }]),
    shardMap([{ shards: 4, from: "2026-02-30T00:00:00.000Z" }]),
    shardMap([{ shards: 4, from: 0 }]),
    shardMap([{ shards: 4, from: FROM }, null]),
  ])("rejects %s", (text) => {
    expect(parseShardMapJson(text)).toBeUndefined();
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseShardMapJson(text)),
    );
  });
});

describe("a shard map", () => {
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

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIRST_INSTANT_MS, LAST_INSTANT_MS } from "../time/instant.js";
import { parseShardMapJson, shardCount, shardsAt, writeShardMapJson } from "./shard-map.js";

const FROM = "2026-12-24T12:20:00.000Z";
const textOf = (numbers: unknown, more = {}) => JSON.stringify({ version: 1, numbers, ...more });

describe("parseShardMapJson()", () => {
  it("reads what writeShardMapJson() writes, and sorts numbers by rising instants", () => {
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

  it("ignores unknown fields", () => {
    const text = textOf([{ shards: 4, from: FROM, why: "load" }], { nonce: "n", author: "me" });
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
    textOf({}),
    textOf([4]),
    textOf([{ shards: 257, from: FROM }]),
    textOf([{ shards: -1, from: FROM }]),
    textOf([{ shards: 1.5, from: FROM }]),
    textOf([{ shards: "4", from: FROM }]),
    textOf([{ shards: 4 }]),
    textOf([{ shards: 4, from: "2026-12-24" }]),
    textOf([{ shards: 4, from: "2026-02-30T00:00:00.000Z" }]),
    textOf([{ shards: 4, from: 0 }]),
    textOf([{ shards: 4, from: FROM }, null]),
  ])("rejects %s", (text) => {
    expect(parseShardMapJson(text)).toBeUndefined();
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseShardMapJson(text)),
    );
  });
});

const numbers = [
  { shards: 4, fromMs: 1_000 },
  { shards: 16, fromMs: 2_000 },
  { shards: 8, fromMs: 3_000 },
];

it.each([
  [999, 0],
  [1_000, 4],
  [2_999, 16],
  [3_000, 8],
])("shardsAt(%i) returns the number that writers use then: %i", (nowMs, shards) => {
  expect(shardsAt({ numbers }, nowMs)).toBe(shards);
});

it("shardCount() returns the largest number, also while a smaller one is used", () => {
  expect(shardCount({ numbers })).toBe(16);
  expect(shardCount({ numbers: [] })).toBe(0);
});

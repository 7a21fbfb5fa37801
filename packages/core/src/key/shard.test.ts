import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shardName, shardOf } from "./delivery-id.js";

describe("shardOf()", () => {
  // The table in PROTOCOL.md.
  it.each([
    ["k3v9q2m8x1ap", 4, 2],
    ["k3v9q2m8x1ap", 16, 14],
    ["order-42", 16, 7],
    ["größe", 256, 103],
    ["anything", 1, 0],
  ])("puts %j among %i into shard %i", async (id, shards, shard) => {
    expect(await shardOf(id, shards)).toBe(shard);
  });

  it("stays below the number of shards", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.integer({ min: 1, max: 256 }), async (id, shards) => {
        const shard = await shardOf(id, shards);
        expect(shard).toBeGreaterThanOrEqual(0);
        expect(shard).toBeLessThan(shards);
      }),
    );
  });

  it("spreads ids evenly", async () => {
    const counts = new Array(8).fill(0);
    for (let id = 0; id < 4_000; id++) counts[await shardOf(`event-${id}`, 8)] += 1;
    for (const count of counts) expect(count).toBeGreaterThan(400);
  });
});

describe("shardName()", () => {
  it("is two lowercase hex digits", () => {
    expect([0, 10, 255].map(shardName)).toEqual(["00", "0a", "ff"]);
  });
});

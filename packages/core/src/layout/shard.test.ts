import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shardName, shardOf } from "./shard.js";

describe("shardOf()", () => {
  // As PROTOCOL.md says: echo -n ID | sha256sum, the first eight digits as a number, modulo.
  it.each([
    ["k3v9q2m8x1ap", 4],
    ["order-42", 16],
    ["ü/|~", 256],
  ])("takes the first four bytes of the hash of %j, modulo %i", async (id, shards) => {
    const { createHash } = await import("node:crypto");
    const expected = createHash("sha256").update(id).digest().readUInt32BE(0) % shards;
    expect(await shardOf(id, shards)).toBe(expected);
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

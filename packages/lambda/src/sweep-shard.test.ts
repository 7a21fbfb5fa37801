import { describe, expect, it } from "vitest";
import { shardOf } from "./sweep-shard.js";

describe("shardOf()", () => {
  it("reads the shard that a schedule's input names", () => {
    expect(shardOf({ shard: { index: 2, count: 4 } })).toEqual({ index: 2, count: 4 });
  });

  it.each([undefined, null, "text", {}, { source: "aws.scheduler" }])(
    "takes %j for all",
    (event) => {
      expect(shardOf(event)).toBeUndefined();
    },
  );

  it.each([[{ shard: 2 }], [{ shard: { index: "2", count: 4 } }], [{ shard: null }]])(
    "refuses %j, so that no shard is left out by a misspelt one",
    (event) => {
      expect(() => shardOf(event)).toThrow(/shard must be like/);
    },
  );
});

import { describe, expect, it } from "vitest";
import { partOf } from "./part-of.js";

describe("partOf()", () => {
  it("reads the part that a schedule's input names", () => {
    expect(partOf({ part: { number: 2, of: 4 } })).toEqual({ number: 2, of: 4 });
  });

  it.each([undefined, null, "text", {}, { source: "aws.scheduler" }])(
    "takes %j for all",
    (event) => {
      expect(partOf(event)).toBeUndefined();
    },
  );

  it.each([[{ part: 2 }], [{ part: { number: "2", of: 4 } }], [{ part: null }]])(
    "refuses %j, so that no shard is left out by a misspelt one",
    (event) => {
      expect(() => partOf(event)).toThrow(/part is/);
    },
  );
});

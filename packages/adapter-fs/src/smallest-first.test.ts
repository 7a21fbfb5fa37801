import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { smallestFirst } from "./smallest-first.js";

describe("smallestFirst()", () => {
  it("gives items back in order, also while more are added", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ maxLength: 3 }))), (batches) => {
        const heap = smallestFirst<{ order: string }>();
        const waiting: string[] = [];
        const takeOne = () => expect(heap.take()?.order).toBe(waiting.sort().shift());
        for (const batch of batches) {
          heap.add(batch.map((order) => ({ order })));
          waiting.push(...batch);
          takeOne();
        }
        while (waiting.length > 0) takeOne();
        expect(heap.take()).toBeUndefined();
      }),
    );
  });
});

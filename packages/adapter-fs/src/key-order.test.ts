import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byteOrder } from "./key-order.js";

const texts = fc.string({
  unit: fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    fc.constantFrom("a", "\ud7ff", "\ue000", "\uffff", "\u{10000}", "\u{10ffff}"),
  ),
  maxLength: 4,
});

describe("byteOrder()", () => {
  it("compares strings as their UTF-8 bytes compare", () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        const [left, right] = [byteOrder(a), byteOrder(b)];
        const order = left < right ? -1 : left > right ? 1 : 0;
        expect(order).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 2000 },
    );
  });
});

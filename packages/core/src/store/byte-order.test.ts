import { expect, it } from "vitest";
import { compareByteOrder } from "./key-order.js";

it("orders strings as their UTF-8 bytes are ordered", () => {
  const strings = [
    "",
    "a",
    "a!",
    "a/b",
    "a0",
    "aa",
    "ä",
    "\u{ffff}",
    "\u{1f600}",
    "a\u{e000}",
    "Z",
  ];
  const expected = strings.toSorted((left, right) =>
    Buffer.compare(Buffer.from(left), Buffer.from(right)),
  );
  expect(strings.toSorted(compareByteOrder)).toEqual(expected);
});

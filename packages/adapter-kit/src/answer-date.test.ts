import { expect, it } from "vitest";
import { answerDate } from "./answer-date.js";

it("reads the store's time, and returns nothing for an answer without one", () => {
  const first = "Wed, 25 Nov 2026 08:00:00 GMT";
  const second = "Wed, 25 Nov 2026 08:00:01 GMT";
  const read = [first, first, second, "soon", first, undefined, ["x"]].map(answerDate);
  expect(read.map((date) => date?.toISOString().slice(17, 19))).toEqual([
    "00",
    "00",
    "01",
    undefined,
    "00",
    undefined,
    undefined,
  ]);
});

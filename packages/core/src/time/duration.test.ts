import { describe, expect, it } from "vitest";
import { durationMs, parseDuration } from "./duration.js";

describe("durationMs()", () => {
  it.each([
    ["0s", 0],
    ["250ms", 250],
    ["30s", 30_000],
    ["10m", 600_000],
    ["1.5h", 5_400_000],
    ["7d", 604_800_000],
    ["0.5ms", 1],
  ] as const)("reads %s", (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });
});

describe("parseDuration()", () => {
  it.each(["", "10", "10 m", "-5m", "1e3ms", "5min", "1h30m", ".5h", "M", "10M"])(
    "refuses %j and says how to write one",
    (text) => {
      expect(() => parseDuration(text)).toThrow(
        `"${text}" is not a duration. Write a number and a unit`,
      );
    },
  );

  it.each([
    [1000, '1000 is a number without a unit, not a duration; milliseconds are "1000ms". Write'],
    ["PT1H", '"PT1H" is an ISO 8601 duration, which is not supported. Write a number and a unit'],
    ["P7D", '"P7D" is an ISO 8601 duration, which is not supported'],
    [undefined, "undefined is not a duration. Write a number and a unit"],
    [{ hours: 1 }, "an object is not a duration."],
  ])("says of %j what it is instead", (given, message) => {
    expect(() => parseDuration(given as never)).toThrow(message);
  });
});

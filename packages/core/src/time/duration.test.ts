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
  const texts = ["", "10", "10 m", "-5m", "1e3ms", "5min", "1h30m", ".5h", "M", "10M", "PT1H"];
  it.each([...texts, 1000, 10n, undefined, { hours: 1 }])("refuses %s", (given) => {
    const refused = expect.objectContaining({ code: "invalid-duration" });
    expect(() => parseDuration(given as never)).toThrow(refused);
  });

  it("recognizes an ISO 8601 duration of days", () => {
    expect(() => parseDuration("P7D")).toThrow("ISO 8601");
  });
});

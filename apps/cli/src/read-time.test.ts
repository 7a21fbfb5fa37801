import { describe, expect, it } from "vitest";
import { readMoment, readWhen } from "./read-time.js";

describe("readMoment()", () => {
  it("counts +DURATION from now", () => {
    expect(readMoment("+90m", 0)).toEqual(new Date(5_400_000));
  });

  it("leaves ISO times to core, which checks them", () => {
    expect(readMoment("2026-12-24T09:00+01:00")).toBe("2026-12-24T09:00+01:00");
  });

  it("refuses what is no duration, or reaches too far", () => {
    expect(() => readMoment("+1 day")).toThrow('"1 day" is not a duration');
    expect(() => readMoment("+99999999999d")).toThrow("past the year 9999");
  });
});

describe("readWhen()", () => {
  it("takes one of --at and --in", () => {
    expect(readWhen({ at: "2026-12-24T09:00Z" })).toEqual({ at: "2026-12-24T09:00Z" });
    expect(readWhen({ in: "+10m" })).toEqual({ in: "10m" });
    expect(() => readWhen({})).toThrow("When is it due?");
    expect(() => readWhen({ at: "x", in: "1s" })).toThrow("exclude each other");
  });
});

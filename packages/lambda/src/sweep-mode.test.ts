import { describe, expect, it } from "vitest";
import { checkTimeFor, type ModeOptions, sweepOptionsOf } from "./sweep-mode.js";

const REFUSED = expect.objectContaining({ code: "invalid-option" });

describe("sweepOptionsOf()", () => {
  it("looks ahead to the end of the next full minute for a precise sweep", () => {
    expect(sweepOptionsOf({})).toEqual({});
    expect(sweepOptionsOf({ mode: "plain" })).toEqual({});
    expect(sweepOptionsOf({ mode: "precise" })).toEqual({ lookAhead: "1m", poll: undefined });
    expect(sweepOptionsOf({ mode: "precise", poll: "1s" })).toEqual({
      lookAhead: "1m",
      poll: "1s",
    });
  });

  it.each<ModeOptions>([
    JSON.parse('{"mode":"fast"}'),
    { poll: "5s" },
    { mode: "precise", poll: "99ms" },
    { mode: "precise", poll: "2m" },
  ])("refuses %j", (options) => {
    expect(() => sweepOptionsOf(options)).toThrow(REFUSED);
  });
});

describe("checkTimeFor()", () => {
  it("needs two minutes for a precise sweep, and any time for a plain one", () => {
    expect(() => checkTimeFor({ lookAhead: "1m" }, 120_000, 128_000)).not.toThrow();
    expect(() => checkTimeFor({}, 1_000, 1_250)).not.toThrow();
    expect(() => checkTimeFor({ lookAhead: "1m" }, 52_000, 60_000)).toThrow(REFUSED);
  });
});

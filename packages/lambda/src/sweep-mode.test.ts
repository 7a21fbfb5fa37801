import { describe, expect, it } from "vitest";
import { checkTimeFor, type ModeOptions, sweepOptionsOf } from "./sweep-mode.js";

describe("sweepCallOf()", () => {
  it("looks ahead to the end of the next full minute if the sweep is to be precise", () => {
    expect(sweepOptionsOf({})).toEqual({});
    expect(sweepOptionsOf({ mode: "plain" })).toEqual({});
    expect(sweepOptionsOf({ mode: "precise" })).toEqual({ lookAhead: "1m", poll: undefined });
    expect(sweepOptionsOf({ mode: "precise", poll: "1s" })).toEqual({
      lookAhead: "1m",
      poll: "1s",
    });
  });

  it.each<[ModeOptions, RegExp]>([
    [JSON.parse('{"mode":"fast"}'), /mode is "fast": write "plain" or "precise"/],
    [{ poll: "5s" }, /poll is 5s, but a plain sweep lists once/],
    [{ mode: "precise", poll: "99ms" }, /poll is 99ms: write 100ms to 60s/],
    [{ mode: "precise", poll: "2m" }, /poll is 2m: write 100ms to 60s/],
  ])("refuses %j", (options, message) => {
    expect(() => sweepOptionsOf(options)).toThrow(message);
  });
});

describe("checkTimeFor()", () => {
  it("wants two minutes for a precise sweep, and anything for a plain one", () => {
    expect(() => checkTimeFor({ lookAhead: "1m" }, 120_000, 128_000)).not.toThrow();
    expect(() => checkTimeFor({}, 1_000, 1_250)).not.toThrow();
    expect(() => checkTimeFor({ lookAhead: "1m" }, 52_000, 60_000)).toThrow(
      "this invocation ends in 60 s: set the function's timeout to 150 s, or the mode to plain.",
    );
  });
});

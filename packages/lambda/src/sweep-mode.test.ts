import { describe, expect, it } from "vitest";
import { checkTimeFor, type ModeOptions, sweepOptionsOf } from "./sweep-mode.js";

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

  it.each<[ModeOptions, RegExp]>([
    [JSON.parse('{"mode":"fast"}'), /mode must be "plain" or "precise" \(got "fast"\)/],
    [{ poll: "5s" }, /poll is 5s, but a plain sweep lists only once/],
    [{ mode: "precise", poll: "99ms" }, /poll must be from 100ms to 60s \(got 99ms\)/],
    [{ mode: "precise", poll: "2m" }, /poll must be from 100ms to 60s \(got 2m\)/],
  ])("refuses %j", (options, message) => {
    expect(() => sweepOptionsOf(options)).toThrow(message);
  });
});

describe("checkTimeFor()", () => {
  it("needs two minutes for a precise sweep, and any time for a plain one", () => {
    expect(() => checkTimeFor({ lookAhead: "1m" }, 120_000, 128_000)).not.toThrow();
    expect(() => checkTimeFor({}, 1_000, 1_250)).not.toThrow();
    expect(() => checkTimeFor({ lookAhead: "1m" }, 52_000, 60_000)).toThrow(
      "this invocation ends in 60 s. Set the function's timeout to 150 s, or the mode to plain.",
    );
  });
});

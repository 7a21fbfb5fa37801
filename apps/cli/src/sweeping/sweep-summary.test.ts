import { describe, expect, it } from "vitest";
import { heldReport, SWEPT } from "../testing/reports.js";
import { describeSweep, sweepExitCode } from "./sweep-summary.js";

const REPORT = {
  ...SWEPT,
  listed: 1_206,
  unrecognized: 2,
  due: 1_204,
  delivered: 1_204,
  latenessMs: { min: 1, median: 900, p99: 2_400, max: 3_000 },
};
const HELD = heldReport("web-1 pid 7");

describe("sweepExitCode()", () => {
  it("is 0 if nothing that was due is left", () => {
    expect(sweepExitCode(REPORT, false)).toBe(0);
    expect(sweepExitCode({ ...REPORT, gone: 3 }, false)).toBe(0);
  });

  it.each([
    "retrying",
    "blocked",
    "dead",
    "expired",
    "leftInPlace",
    "undeleted",
    "undecided",
    "wakeUpsLeft",
  ])("is 6 for %s", (name) => {
    expect(sweepExitCode({ ...REPORT, [name]: 1 }, false)).toBe(6);
  });

  it("is 6 if the sweep ended early", () => {
    expect(sweepExitCode({ ...REPORT, truncated: "deadline" }, false)).toBe(6);
  });

  it("is 7 if another sweeper was at work", () => {
    expect(sweepExitCode(HELD, false)).toBe(7);
  });

  it("is 130 if Ctrl-C ended it, but not if Ctrl-C came after the end", () => {
    expect(sweepExitCode(HELD, true)).toBe(130);
    expect(sweepExitCode({ ...REPORT, truncated: "aborted" }, true)).toBe(130);
    expect(sweepExitCode(REPORT, true)).toBe(0);
  });
});

describe("describeSweep()", () => {
  it.each([
    [1, "0 retrying, 1 pause of a destination, 2 unrecognized"],
    [3, "0 retrying, 3 pauses of destinations, 2 unrecognized"],
  ])("counts %d pauses of destinations", (destinationPauses, text) => {
    expect(describeSweep({ ...REPORT, destinationPauses })).toContain(text);
  });

  it("prints what was delivered, how late, and what was left", () => {
    expect(describeSweep(REPORT)).toBe(
      "Delivered 1,204 of 1,204 due in 3.1 s · lateness median 900 ms, p99 2.4 s · 0 retrying, 2 unrecognized objects left alone",
    );
    const some = { delivered: 1_200, retrying: 3, blocked: 1 };
    expect(describeSweep({ ...REPORT, ...some, truncated: "deadline" })).toContain(
      "3 retrying, 1 blocked behind them, 2 unrecognized objects left alone · ended early: the deadline was reached",
    );
  });

  it("counts what expired apart from other dead letters", () => {
    expect(describeSweep({ ...REPORT, dead: 2, expired: 1 })).toContain(
      "2 dead-lettered (keywhen dead list), 1 expired (keywhen dead list), ",
    );
  });

  it("counts what became of wake-ups of recurring schedules", () => {
    expect(describeSweep({ ...REPORT, passedOver: 2, wakeUpsLeft: 1 })).toMatch(
      /, 2 passed over \(recurring schedules\), 1 left to a sweeper that delivers recurring schedules,/,
    );
  });
});

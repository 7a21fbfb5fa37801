import type { SweptReport } from "@keywhen/core";
import { describe, expect, it } from "vitest";
import { describeSweep, sweepExitCode } from "./sweep-summary.js";

const REPORT: SweptReport = {
  outcome: "swept",
  listed: 1_206,
  foreign: 2,
  due: 1_204,
  delivered: 1_204,
  alreadyDelivered: 0,
  gone: 0,
  retrying: 0,
  held: 0,
  dead: 0,
  refused: 0,
  undeleted: 0,
  undecided: 0,
  truncated: false,
  resumeKey: undefined,
  circuit: false,
  unordered: false,
  lease: "taken",
  skewMs: undefined,
  latenessMs: { min: 1, median: 900, p99: 2_400, max: 3_000 },
  oldestDueAt: undefined,
  requests: { list: 2, head: 0, get: 0, put: 0, copy: 1_204, move: 0, delete: 3 },
  concurrencyReached: 64,
  durationMs: 3_140,
  dryRun: false,
};

describe("sweepExitCode()", () => {
  it("is 0 if nothing that was due is left", () => {
    expect(sweepExitCode(REPORT)).toBe(0);
    expect(sweepExitCode({ ...REPORT, gone: 3 })).toBe(0);
  });

  it.each(["retrying", "held", "dead", "refused", "undeleted", "undecided"])(
    "is 6 for %s",
    (name) => {
      expect(sweepExitCode({ ...REPORT, [name]: 1 })).toBe(6);
    },
  );

  it("is 7 if another sweeper was at work", () => {
    const { requests, durationMs } = REPORT;
    const held = { by: "x", expiresAt: new Date(0), requests, durationMs };
    expect(sweepExitCode({ outcome: "held", ...held })).toBe(7);
  });

  it("is 6 if the sweep ended early", () => {
    expect(sweepExitCode({ ...REPORT, truncated: "deadline" })).toBe(6);
  });
});

describe("describeSweep()", () => {
  it("tells what was delivered, how late, and what was left", () => {
    expect(describeSweep(REPORT)).toBe(
      "Delivered 1,204 of 1,204 due in 3.1 s · lateness median 900 ms, p99 2.4 s · 0 retrying, 2 foreign left alone",
    );
    expect(
      describeSweep({ ...REPORT, delivered: 1_200, retrying: 3, held: 1, truncated: "deadline" }),
    ).toContain("3 retrying, 1 held behind them, 2 foreign left alone · ended early: deadline");
  });
});

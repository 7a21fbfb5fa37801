import type { SweptReport } from "@keywhen/core";
import { describe, expect, it } from "vitest";
import { describeSweep, sweepExitCode } from "./sweep-summary.js";

const REPORT: SweptReport = {
  outcome: "swept",
  listed: 1_206,
  unrecognized: 2,
  due: 1_204,
  delivered: 1_204,
  alreadyDelivered: 0,
  gone: 0,
  retrying: 0,
  blocked: 0,
  dead: 0,
  leftInPlace: 0,
  undeleted: 0,
  undecided: 0,
  errors: [],
  truncated: false,
  firstUntriedId: undefined,
  circuitOpen: false,
  orderUncertain: false,
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
    expect(sweepExitCode(REPORT, false)).toBe(0);
    expect(sweepExitCode({ ...REPORT, gone: 3 }, false)).toBe(0);
  });

  it.each(["retrying", "blocked", "dead", "leftInPlace", "undeleted", "undecided"])(
    "is 6 for %s",
    (name) => {
      expect(sweepExitCode({ ...REPORT, [name]: 1 }, false)).toBe(6);
    },
  );

  it("is 7 if another sweeper was at work", () => {
    const { requests, durationMs } = REPORT;
    const held = { by: "x", expiresAt: new Date(0), requests, durationMs };
    expect(sweepExitCode({ outcome: "held", ...held }, false)).toBe(7);
  });

  it("is 130 if Ctrl-C ended it, and not if it came when all was done", () => {
    const { requests, durationMs } = REPORT;
    const held = { by: "x", expiresAt: new Date(0), requests, durationMs };
    expect(sweepExitCode({ outcome: "held", ...held }, true)).toBe(130);
    expect(sweepExitCode({ ...REPORT, truncated: "aborted" }, true)).toBe(130);
    expect(sweepExitCode(REPORT, true)).toBe(0);
  });

  it("is 6 if the sweep ended early", () => {
    expect(sweepExitCode({ ...REPORT, truncated: "deadline" }, false)).toBe(6);
  });
});

describe("describeSweep()", () => {
  it("tells what was delivered, how late, and what was left", () => {
    expect(describeSweep(REPORT)).toBe(
      "Delivered 1,204 of 1,204 due in 3.1 s · lateness median 900 ms, p99 2.4 s · 0 retrying, 2 unrecognized objects left alone",
    );
    expect(
      describeSweep({
        ...REPORT,
        delivered: 1_200,
        retrying: 3,
        blocked: 1,
        truncated: "deadline",
      }),
    ).toContain(
      "3 retrying, 1 blocked behind them, 2 unrecognized objects left alone · ended early: the deadline came",
    );
  });

  it("tells who is at work", () => {
    const { requests, durationMs } = REPORT;
    const expiresAt = new Date("2026-11-25T08:00:00Z");
    const held = { outcome: "held", by: "web-1 pid 7", expiresAt, requests, durationMs } as const;
    expect(describeSweep(held)).toMatch(
      /^Another sweeper is at work: web-1 pid 7, until Wed 25 Nov 2026, \d\d:00:00 .*\. Nothing was done$/,
    );
  });

  it("says what to do about a clock that is ahead, and about a wrong --allow", () => {
    expect(describeSweep({ ...REPORT, truncated: "clock-skew", skewMs: 3_210 })).toContain(
      "ended early: this machine's clock is 3.2 s ahead of the store's, so events would be early: set it (NTP)",
    );
    expect(describeSweep({ ...REPORT, leftInPlace: 700, circuitOpen: true })).toContain(
      "look at --allow",
    );
  });
});

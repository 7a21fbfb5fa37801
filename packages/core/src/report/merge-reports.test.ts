import { describe, expect, it } from "vitest";
import { noRequests } from "../requests/wrap-store.js";
import { SWEEP_END } from "../test-support/sweep-end.js";
import { storeError } from "../test-support/test-schedule.js";
import { LatenessHistogram } from "./lateness-histogram.js";
import { mergeReports, type ShardOutcome } from "./merge-reports.js";
import { ReportFold } from "./report.js";
import type { HeldReport, SweptReport } from "./sweep-report.js";

const IDLE = new ReportFold().report(SWEEP_END);
const WHOLE = { concurrencyReached: 7, durationMs: 70, dryRun: false };

function merge(...outcomes: readonly (Partial<SweptReport> | HeldReport | Error)[]) {
  const record = { requests: noRequests(), lateness: new LatenessHistogram() };
  const given = outcomes.map((one): ShardOutcome => {
    if (one instanceof Error) return { error: storeError("denied", "list") };
    return one.outcome === "held" ? { report: one } : { report: { ...IDLE, ...one } };
  });
  return mergeReports(given, record, WHOLE);
}

const heldBy = (by: string, second: number): HeldReport => ({
  outcome: "held",
  by,
  expiresAt: new Date(second * 1_000),
  requests: noRequests(),
  durationMs: 1,
});
const failed = new Error("one shard failed");

describe("mergeReports()", () => {
  it("adds up every count", () => {
    const names = [
      "listed",
      "unrecognized",
      "due",
      "delivered",
      "alreadyDelivered",
      "gone",
      "retrying",
      "blocked",
      "dead",
      "leftInPlace",
      "undeleted",
      "undecided",
    ] as const;
    const counts = Object.fromEntries(names.map((name, index) => [name, index + 1]));
    const doubled = Object.fromEntries(names.map((name, index) => [name, 2 * index + 2]));
    expect(merge(counts, counts, {})).toMatchObject({
      ...doubled,
      ...WHOLE,
      outcome: "swept",
      shards: { swept: 3, held: 0, failed: 0 },
    });
  });

  it("is held as a whole only if there was nothing else to do: by the holder that ends first", () => {
    expect(merge({}, heldBy("late", 20), heldBy("early", 10))).toMatchObject({
      outcome: "held",
      by: "early",
      durationMs: 70,
      shards: { swept: 1, held: 2, failed: 0 },
    });
    for (const busy of [{ due: 1 }, { lease: "taken" }, { truncated: "deadline" }] as const) {
      expect(merge(busy, heldBy("x", 1))).toMatchObject({ outcome: "swept", shards: { held: 1 } });
    }
    expect(merge(failed, heldBy("x", 1))).toMatchObject({
      outcome: "swept",
      shards: { failed: 1 },
    });
  });

  it("throws the first error if no shard could be swept", () => {
    expect(() => merge(failed, failed)).toThrow("made-up denied");
  });

  it("has the most important reason for ending early, that of a failed shard last", () => {
    expect(merge({}, {})).toMatchObject({ truncated: false });
    expect(merge({}, failed)).toMatchObject({ truncated: "list-failed" });
    const order = [
      "aborted",
      "deadline",
      "denied",
      "clock-skew",
      "lease-lost",
      "list-failed",
    ] as const;
    for (const [index, truncated] of order.entries()) {
      const lighter = order.slice(index).toReversed();
      expect(merge(...lighter.map((one) => ({ truncated: one })), failed)).toMatchObject({
        truncated,
      });
    }
  });

  it("has the most important use of the lease", () => {
    const order = ["lost", "waited", "taken", "unsupported", "none"] as const;
    for (const [index, lease] of order.entries()) {
      expect(
        merge(
          ...order
            .slice(index)
            .toReversed()
            .map((one) => ({ due: 1, lease: one })),
        ),
      ).toMatchObject({ lease });
    }
  });

  it("has the first event that was not tried and the oldest that waits, of all shards", () => {
    const [early, late] = [new Date(1), new Date(2)];
    expect(
      merge(
        { firstUntriedId: "b", oldestDueAt: late },
        {},
        { firstUntriedId: "a", oldestDueAt: early },
        { firstUntriedId: "c" },
      ),
    ).toMatchObject({ firstUntriedId: "a", oldestDueAt: early });
    expect(merge({}, {})).toMatchObject({ firstUntriedId: undefined, oldestDueAt: undefined });
  });

  it("has what a single shard has met", () => {
    expect(
      merge({}, { circuitOpen: true }, { orderUncertain: true }, { skewMs: 5 }, { skewMs: 6 }),
    ).toMatchObject({
      circuitOpen: true,
      orderUncertain: true,
      skewMs: 5,
    });
    expect(merge({}, {})).toMatchObject({
      circuitOpen: false,
      orderUncertain: false,
      skewMs: undefined,
    });
    expect(merge({ skewMs: 5 }, { skewMs: 1_300, truncated: "clock-skew" })).toMatchObject({
      skewMs: 1_300,
    });
  });
});

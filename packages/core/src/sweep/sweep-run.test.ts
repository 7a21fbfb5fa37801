import { describe, expect, it } from "vitest";
import { sweepRun } from "../test-support/sweep-run.js";
import { NOON, testSchedule } from "../test-support/test-schedule.js";
import { manualClock } from "../testing/manual-clock.js";
import { CheckedClock } from "./sweep-run.js";

const NOON_MS = Date.parse(NOON);
/** The time between the last copy and a deadline. */
const MARGIN_MS = 1_200;

/** A sweep that may copy for so long, if it has a deadline, and holds the lease for so long, if it has one. */
function runWith(copyLeftMs?: number, lease?: { leftMs: number; ttlMs: number }) {
  const deadlineMs = copyLeftMs === undefined ? undefined : NOON_MS + MARGIN_MS + copyLeftMs;
  const run = sweepRun(testSchedule(), undefined, { deadlineMs });
  if (lease) Object.assign(run, { lease: { ...lease, leftMs: () => lease.leftMs } });
  return run;
}

describe("SweepRun: whether a copy may start", () => {
  it.each([
    [15_000, 60_000, undefined],
    [2_500, 10_000, undefined],
    [14_999, 60_000, "stopped"],
    [14_999, 180_000, "stopped"],
    [2_499, 10_000, "stopped"],
  ] as const)("with %d ms left of a lease of %d ms: %s", (leftMs, ttlMs, expected) => {
    const run = runWith(undefined, { leftMs, ttlMs });
    expect(run.obstacleTo(0)).toBe(expected);
    expect(run.shutdown.reason).toBe(expected ? "lease-lost" : false);
    expect(run.leaseUse).toBe(expected ? "lost" : "none");
  });

  it("stops the sweep when its time is over", () => {
    expect(runWith(1).obstacleTo(20_000)).toBeUndefined();
    const run = runWith(0);
    expect([run.obstacleTo(0), run.shutdown.reason]).toEqual(["stopped", "deadline"]);
  });

  it("stops the sweep as soon as this machine's clock is known to be ahead, and keeps by how much", () => {
    const run = runWith();
    const sentAt = { wallMs: NOON_MS, monotonicMs: 0 };
    const reading = { dateErrorMs: 0, sentAtStoreMs: NOON_MS, sentAt };
    run.clock.compare({ ...reading, tookMs: 9, aheadMs: 1_300 });
    expect([run.obstacleTo(0), run.shutdown.reason]).toEqual(["stopped", "clock-skew"]);
    run.clock.compare({ ...reading, tookMs: 1, aheadMs: 4 });
    expect(run.clock.skewMs).toBe(1_300);
  });

  it("leaves an event that is too large for the time that is left, and says so", () => {
    const run = runWith(2_900);
    expect(run.obstacleTo(2_900 * 20_000)).toBeUndefined();
    expect(run.obstacleTo(2_900 * 20_000 + 1)).toEqual({
      tooLarge:
        "a copy of 58000001 bytes can take 3 s, this sweep has 2 s left: sweep with a later deadline",
    });
  });

  it("copies an event of any size in a sweep without a deadline", () => {
    expect(runWith().obstacleTo(5e12)).toBeUndefined();
  });
});

/** A clock at noon that has been compared, or not; `compare()` compares it at an instant. */
function checkedClock() {
  const clock = manualClock(NOON);
  const checked = new CheckedClock(clock, 1_250);
  const instant = () => ({ wallMs: clock.now(), monotonicMs: clock.monotonic() });
  const compare = (sentAt = instant()) =>
    checked.compare({ aheadMs: 0, tookMs: 0, dateErrorMs: 0, sentAtStoreMs: 0, sentAt });
  return { clock, checked, instant, compare };
}

describe("CheckedClock", () => {
  it("is the wall clock as long as nothing was compared", () => {
    const { clock, checked } = checkedClock();
    clock.set("2026-12-24T13:00:00.000Z");
    expect(checked.now()).toBe(NOON_MS + 3_600_000);
  });

  it("does not follow a clock that is set forward until it has been compared again", async () => {
    const { clock, checked, compare } = checkedClock();
    compare();
    await clock.advance("10s");
    expect(checked.now()).toBe(NOON_MS + 10_000);
    clock.set("2026-12-24T13:00:00.000Z");
    expect(checked.now()).toBe(NOON_MS + 10_250);
    compare();
    expect(checked.now()).toBe(NOON_MS + 3_600_000);
  });

  it("believes a comparison for when its question was sent: the clock may be set before the answer", () => {
    const { clock, checked, instant, compare } = checkedClock();
    const sentAt = instant();
    clock.set("2026-12-24T13:00:00.000Z");
    compare(sentAt);
    expect(checked.now()).toBe(NOON_MS + 250);
  });

  it("follows a clock that is set back: late is better than early", async () => {
    const { clock, checked, compare } = checkedClock();
    compare();
    clock.set("2026-12-24T11:00:00.000Z");
    expect(checked.now()).toBe(NOON_MS - 3_600_000);
  });
});

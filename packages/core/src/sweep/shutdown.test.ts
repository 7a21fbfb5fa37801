import { describe, expect, it } from "vitest";
import { CheckedClock } from "../requests/store-clock.js";
import { NOON } from "../test-support/test-schedule.js";
import { manualClock } from "../testing/manual-clock.js";
import { Shutdown } from "./shutdown.js";

interface Limits {
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
  readonly lease?: { readonly leftMs: number; readonly ttlMs: number };
}

/** `deadlineMs`: from now on. */
function shutdownWith({ signal, deadlineMs, lease }: Limits = {}) {
  const clock = manualClock(NOON);
  const checked = new CheckedClock({ clock, guardMs: 4_000 });
  const untilMs = deadlineMs === undefined ? undefined : clock.now() + deadlineMs;
  const shutdown = new Shutdown(checked, { signal, deadlineMs: untilMs });
  const lost = new AbortController();
  const { leftMs = 60_000, ttlMs = 60_000 } = lease ?? {};
  const follow = () => shutdown.follow({ leftMs: () => leftMs, ttlMs, lostSignal: lost.signal });
  if (lease) follow();
  const aborted = () => {
    const { startSignal, copySignal, deleteSignal, releaseSignal } = shutdown;
    const signals = {
      start: startSignal,
      copy: copySignal,
      delete: deleteSignal,
      release: releaseSignal,
    };
    return Object.entries(signals).flatMap(([name, one]) => (one.aborted ? [name] : []));
  };
  const loseLease = () => {
    follow();
    lost.abort();
  };
  return { clock, checked, shutdown, aborted, loseLease };
}

describe("Shutdown: the end of a sweep", () => {
  it("ends one kind of request after the other before a deadline", async () => {
    const { clock, shutdown, aborted } = shutdownWith({ deadlineMs: 10_000 });
    await clock.advance("7999ms");
    expect([aborted(), shutdown.reason]).toEqual([[], false]);
    await clock.advance("1ms");
    expect([aborted(), shutdown.reason]).toEqual([["start"], "deadline"]);
    await clock.advance("799ms");
    expect(aborted()).toEqual(["start"]);
    await clock.advance("1ms");
    expect(aborted()).toEqual(["start", "copy"]);
    await clock.advance("500ms");
    expect(aborted()).toEqual(["start", "copy", "delete"]);
    await clock.advance("600ms");
    expect(aborted()).toEqual(["start", "copy", "delete", "release"]);
  });

  it("gives requests in flight their time after an abort, under five seconds in all", async () => {
    const abort = new AbortController();
    const { clock, shutdown, aborted } = shutdownWith({ signal: abort.signal });
    abort.abort();
    expect([aborted(), shutdown.reason]).toEqual([["start"], "aborted"]);
    await clock.advance("1999ms");
    expect(aborted()).toEqual(["start"]);
    await clock.advance("1ms");
    expect(aborted()).toEqual(["start", "copy"]);
    await clock.advance("1500ms");
    expect(aborted()).toEqual(["start", "copy", "delete"]);
    await clock.advance("1s");
    expect(aborted()).toEqual(["start", "copy", "delete", "release"]);
  });

  it("aborts copies immediately when the lease is lost, and no deletes", () => {
    const { shutdown, aborted, loseLease } = shutdownWith();
    loseLease();
    expect([aborted(), shutdown.reason, shutdown.isLeaseLost]).toEqual([
      ["start", "copy"],
      "lease-lost",
      true,
    ]);
  });

  it("keeps the first reason", () => {
    const { shutdown, loseLease } = shutdownWith();
    shutdown.stop("denied");
    loseLease();
    expect(shutdown.reason).toBe("denied");
  });

  it("has no timer left when it is closed, and ignores an abort", async () => {
    const abort = new AbortController();
    const { clock, shutdown } = shutdownWith({ signal: abort.signal, deadlineMs: 10_000 });
    shutdown.close();
    abort.abort();
    await clock.advance("1m");
    const { startSignal, copySignal, deleteSignal } = shutdown;
    expect([startSignal, copySignal, deleteSignal].some(({ aborted }) => aborted)).toBe(false);
    expect([clock.sleepers, shutdown.reason]).toEqual([0, false]);
  });
});

/** The time between the last copy and a deadline. */
const MARGIN_MS = 1_200;

describe("Shutdown: whether a copy may start", () => {
  it.each([
    [15_000, 60_000, undefined],
    [2_500, 10_000, undefined],
    [14_999, 60_000, "stopped"],
    [14_999, 180_000, "stopped"],
    [2_499, 10_000, "stopped"],
  ] as const)("with %d ms left of a lease of %d ms: %s", (leftMs, ttlMs, expected) => {
    const { shutdown, aborted } = shutdownWith({ lease: { leftMs, ttlMs } });
    expect(shutdown.obstacleTo(0)).toBe(expected);
    expect(shutdown.reason).toBe(expected ? "lease-lost" : false);
    expect(shutdown.isLeaseLost).toBe(expected !== undefined);
    expect(aborted()).not.toContain("copy");
  });

  it("stops the sweep when its time is over", () => {
    const { shutdown: inTime } = shutdownWith({ deadlineMs: MARGIN_MS + 1 });
    expect(inTime.obstacleTo(20_000)).toBeUndefined();
    const { shutdown: late } = shutdownWith({ deadlineMs: MARGIN_MS });
    expect([late.obstacleTo(0), late.reason]).toEqual(["stopped", "deadline"]);
  });

  it("stops the sweep as soon as this machine's clock is known to be ahead, and keeps by how much", () => {
    const { checked, shutdown } = shutdownWith();
    const sentAt = { wallMs: 0, monotonicMs: 0 };
    const reading = { dateErrorMs: 0, sentAtStoreMs: 0, sentAt };
    checked.compare({ ...reading, tookMs: 9, aheadMs: 1_300 });
    expect([shutdown.obstacleTo(0), shutdown.reason]).toEqual(["stopped", "clock-skew"]);
    checked.compare({ ...reading, tookMs: 1, aheadMs: 4 });
    expect(checked.skewMs).toBe(1_300);
  });

  it("leaves an event that is too large for the time that is left, and says so", () => {
    const { shutdown } = shutdownWith({ deadlineMs: MARGIN_MS + 2_900 });
    expect(shutdown.obstacleTo(2_900 * 20_000)).toBeUndefined();
    expect(shutdown.obstacleTo(2_900 * 20_000 + 1)).toEqual({
      tooLarge:
        "a copy of 58000001 bytes can take 3 s, this sweep has 2 s left: sweep with a later deadline",
    });
  });

  it("copies an event of any size in a sweep without a deadline", () => {
    expect(shutdownWith().shutdown.obstacleTo(5e12)).toBeUndefined();
  });
});

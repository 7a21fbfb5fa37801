import { describe, expect, it } from "vitest";
import { ConcurrencyLimit, copyObstacle, SharedConcurrency, SlowBuckets } from "./limits.js";

function limitOf(most: number) {
  let nowMs = 0;
  const limit = new ConcurrencyLimit(most);
  return {
    limit,
    /** A request that is sent now is throttled. */
    throttle: () => {
      nowMs += 1;
      return limit.throttled(nowMs, nowMs);
    },
    /** As many successes as copies are in flight at once. */
    round: () => {
      nowMs += 1;
      for (let left = limit.current; left > 0; left--) limit.succeeded();
    },
  };
}

describe("ConcurrencyLimit", () => {
  it("starts at 64 and doubles with each round, up to the most", () => {
    const { limit, round } = limitOf(300);
    expect(limit.current).toBe(64);
    round();
    expect(limit.current).toBe(128);
    for (let rounds = 0; rounds < 3; rounds++) round();
    expect(limit.current).toBe(300);
  });

  it("starts at the most if that is less", () => {
    expect(limitOf(8).limit.current).toBe(8);
  });

  it("halves once for all requests that were sent before", () => {
    const { limit, throttle } = limitOf(64);
    expect(throttle()).toBe(true);
    expect(limit.throttled(0, 2)).toBe(false);
    expect(limit.throttled(1, 2)).toBe(false);
    expect(limit.current).toBe(32);
  });

  it("counts from the answer on: a request that was sent before it says nothing new", () => {
    const limit = new ConcurrencyLimit(64);
    expect([limit.throttled(1, 9), limit.throttled(9, 10), limit.throttled(10, 10)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(limit.current).toBe(16);
  });

  it("halves again if a request that was sent afterwards is throttled, down to one", () => {
    const { limit, throttle } = limitOf(64);
    for (let times = 0; times < 10; times++) throttle();
    expect(limit.current).toBe(1);
    expect(throttle()).toBe(false);
  });

  it("returns quickly to just below what was too much, and grows slowly from there", () => {
    const { limit, throttle, round } = limitOf(1_000);
    while (limit.current < 512) round();
    throttle();
    expect(limit.current).toBe(256);
    for (let rounds = 0; rounds < 5; rounds++) round();
    expect(limit.current).toBeGreaterThan(450);
    const near = limit.current;
    for (let rounds = 0; rounds < 5; rounds++) round();
    expect(limit.current - near).toBeLessThan(25);
  });

  it("grows quickly again once it is well beyond what was too much", () => {
    const { limit, throttle, round } = limitOf(1_000);
    throttle(); // 64 was too much
    for (let rounds = 0; rounds < 200; rounds++) round();
    expect(limit.current).toBe(1_000);
  });
});

describe("SharedConcurrency", () => {
  it("gives out a fixed number of slots at once, and counts the most that were taken", () => {
    const shared = new SharedConcurrency(2);
    const takes = [shared.take(() => {}), shared.take(() => {}), shared.take(() => {})];
    expect([takes, shared.reached]).toEqual([[true, true, false], 2]);
    shared.free();
    shared.free();
    expect(shared.take(() => {})).toBe(true);
    expect(shared.reached).toBe(2);
  });

  it("calls the callers that wait in turn, and goes on to the next if one has nothing to do", () => {
    const shared = new SharedConcurrency(1);
    const called: string[] = [];
    const wait = (name: string, takes: boolean) => {
      const onFree = () => {
        called.push(name);
        if (takes) shared.take(onFree);
      };
      shared.take(onFree);
    };
    shared.take(() => {});
    wait("idle", false);
    wait("first", true);
    wait("second", true);
    shared.free();
    expect(called).toEqual(["idle", "first"]);
    shared.free();
    expect(called).toEqual(["idle", "first", "second"]);
  });
});

describe("SlowBuckets", () => {
  const bucketWith = (slowFailures: number) => {
    const buckets = new SlowBuckets();
    for (let count = 0; count < slowFailures; count++) buckets.ended("b", "failed", 2_000);
    return buckets;
  };

  it("calls a bucket slow after eight failures in a row that took two seconds or more", () => {
    expect(bucketWith(7).has("b")).toBe(false);
    expect(bucketWith(8).has("b")).toBe(true);
    expect(bucketWith(8).has("other")).toBe(false);
  });

  it.each([
    ["a quick failure", "failed", 1_999],
    ["a success, however slow", "succeeded", 10_000],
  ] as const)("starts counting again after %s", (_, how, tookMs) => {
    const buckets = bucketWith(8);
    buckets.ended("b", how, tookMs);
    expect(buckets.has("b")).toBe(false);
    for (let count = 0; count < 7; count++) buckets.ended("b", "failed", 2_000);
    expect(buckets.has("b")).toBe(false);
  });
});

describe("copyObstacle()", () => {
  const obstacle = (time: Partial<Parameters<typeof copyObstacle>[0]> = {}) =>
    copyObstacle({
      sizeBytes: 0,
      isClockAhead: false,
      lease: undefined,
      copyLeftMs: 99,
      ...time,
    });

  it("requires that the lease lasts for a copy, or for a quarter of its time", () => {
    expect(obstacle({ lease: { leftMs: 15_000, ttlMs: 60_000 } })).toBeUndefined();
    expect(obstacle({ lease: { leftMs: 2_500, ttlMs: 10_000 } })).toBeUndefined();
    for (const lease of [
      { leftMs: 14_999, ttlMs: 60_000 },
      { leftMs: 14_999, ttlMs: 180_000 },
      { leftMs: 2_499, ttlMs: 10_000 },
    ]) {
      expect(obstacle({ lease })).toEqual({ stop: "lease-lost" });
    }
  });

  it("stops the sweep when its time is over", () => {
    expect(obstacle({ copyLeftMs: 0 })).toEqual({ stop: "deadline" });
    expect(obstacle({ copyLeftMs: 1, sizeBytes: 20_000 })).toBeUndefined();
  });

  it("stops the sweep as soon as this machine's clock is known to be ahead", () => {
    expect(obstacle({ isClockAhead: true })).toEqual({ stop: "clock-skew" });
  });

  it("leaves an event that is too large for the time that is left, and says so", () => {
    expect(obstacle({ copyLeftMs: 2_900, sizeBytes: 2_900 * 20_000 })).toBeUndefined();
    expect(obstacle({ copyLeftMs: 2_900, sizeBytes: 2_900 * 20_000 + 1 })).toEqual({
      tooLarge:
        "a copy of 58000001 bytes can take 3 s, this sweep has 2 s left: sweep with a later deadline",
    });
  });

  it("copies an event of any size in a sweep without a deadline", () => {
    expect(obstacle({ copyLeftMs: Number.POSITIVE_INFINITY, sizeBytes: 5e12 })).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { ConcurrencyLimit } from "./concurrency.js";

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
    /** One success for each copy that may be in flight. */
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

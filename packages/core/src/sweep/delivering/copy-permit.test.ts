import { describe, expect, it } from "vitest";
import type { HeldLease } from "../../lease/held-lease.js";
import { createCopyPermit } from "./copy-permit.js";

function permitWith(
  lease: { leftMs: number; ttlMs: number } | undefined,
  copyLeftMs: number,
  clock = { isAhead: false },
) {
  const told: string[] = [];
  const held: HeldLease | undefined = lease && {
    fromMs: 0,
    untilMs: 0,
    sweptThroughMs: undefined,
    uncleanMs: undefined,
    ttlMs: lease.ttlMs,
    leftMs: () => lease.leftMs,
    refresh: async () => {},
    release: async () => {},
    lostSignal: new AbortController().signal,
  };
  const permit = createCopyPermit({
    lease: held,
    isClockAhead: () => clock.isAhead,
    onClockAhead: () => told.push("clock ahead"),
    copyLeftMs: () => copyLeftMs,
    onLeaseEnds: () => told.push("lease ends"),
    onTimeEnds: () => told.push("time ends"),
  });
  return { permit, told };
}

describe("createCopyPermit()", () => {
  it("wants the lease to last for a copy, or for a quarter of its time", () => {
    expect(permitWith({ leftMs: 15_000, ttlMs: 60_000 }, 99).permit(0)).toBeUndefined();
    expect(permitWith({ leftMs: 2_500, ttlMs: 10_000 }, 99).permit(0)).toBeUndefined();
    for (const lease of [
      { leftMs: 14_999, ttlMs: 60_000 },
      { leftMs: 14_999, ttlMs: 180_000 },
      { leftMs: 2_499, ttlMs: 10_000 },
    ]) {
      const { permit, told } = permitWith(lease, 99);
      expect([permit(0), told]).toEqual(["not-now", ["lease ends"]]);
    }
  });

  it("starts nothing when time has run out", () => {
    const { permit, told } = permitWith(undefined, 0);
    expect([permit(0), told]).toEqual(["not-now", ["time ends"]]);
    expect(permitWith(undefined, 1).permit(20_000)).toBeUndefined();
  });

  it("starts nothing as soon as the clock is known to be ahead", () => {
    const clock = { isAhead: false };
    const { permit, told } = permitWith(undefined, 99, clock);
    expect(permit(0)).toBeUndefined();
    clock.isAhead = true;
    expect([permit(0), told]).toEqual(["not-now", ["clock ahead"]]);
  });

  it("leaves what is too large for the time that is left, and says so", () => {
    const { permit, told } = permitWith(undefined, 2_900);
    expect(permit(2_900 * 20_000)).toBeUndefined();
    expect(permit(2_900 * 20_000 + 1)).toEqual({
      tooLarge:
        "a copy of 58000001 bytes can take 3 s, this sweep has 2 s left: sweep with a later deadline",
    });
    expect(told).toEqual([]);
  });
});

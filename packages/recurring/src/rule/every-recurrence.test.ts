import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileRule } from "./compile-rule.js";

describe("the occurrences of an interval", () => {
  it.each([
    ["15m", undefined, "2026-12-24T09:07:00.000Z", "2026-12-24T09:15:00.000Z"],
    ["15m", undefined, "2026-12-24T09:15:00.000Z", "2026-12-24T09:30:00.000Z"],
    ["24h", "2026-12-01T09:00:00Z", "2027-03-28T12:00:00.000Z", "2027-03-29T09:00:00.000Z"],
    ["1.5h", "2026-12-24T00:00:00Z", "2026-12-24T02:00:00.000Z", "2026-12-24T03:00:00.000Z"],
    ["1h", "2027-01-01T00:00:00Z", "2026-12-24T02:00:00.000Z", "2027-01-01T00:00:00.000Z"],
  ])("of %s from %s come after %s at %s", (every, from, after, expected) => {
    const next = compileRule({ every, from }).next(Date.parse(after));
    expect(next).toEqual({ atMs: Date.parse(expected), nominal: expected });
  });

  it("come after a nominal time that lies ahead, such as that of a skipped occurrence", () => {
    const skipped = "2026-12-24T09:15:00.000Z";
    const next = compileRule({ every: "15m" }).next(Date.parse("2026-12-24T09:07Z"), skipped);
    expect(next?.nominal).toBe("2026-12-24T09:30:00.000Z");
  });

  it.each([
    ["99999999999h", undefined],
    ["1h", "9999-12-31T23:30:00Z"],
  ])("of %s end with the year 9999", (every, from) => {
    const after = Date.parse("9999-12-31T23:45:00Z");
    expect(compileRule({ every, from }).next(after)).toBeUndefined();
  });

  it("are after the instant asked for, and one interval apart", () => {
    const interval = fc.integer({ min: 1, max: 10_000 });
    const instant = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2100, 0) });
    fc.assert(
      fc.property(interval, instant, instant, (minutes, from, after) => {
        const rule = { every: `${minutes}m`, from: new Date(from).toISOString() };
        const recurrence = compileRule(rule);
        const first = recurrence.next(after)?.atMs ?? 0;
        expect(first).toBeGreaterThan(after);
        expect(first).toBeGreaterThanOrEqual(from);
        expect(first - Math.max(after, from - 1)).toBeLessThanOrEqual(minutes * 60_000);
        expect((recurrence.next(first)?.atMs ?? 0) - first).toBe(minutes * 60_000);
      }),
    );
  });
});

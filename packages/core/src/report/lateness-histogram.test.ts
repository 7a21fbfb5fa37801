import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LatenessHistogram } from "./lateness-histogram.js";

describe("LatenessHistogram", () => {
  it("has nothing to say before anything is recorded", () => {
    expect(new LatenessHistogram().summary()).toBeUndefined();
  });

  it("is exact below 128 ms", () => {
    const histogram = new LatenessHistogram();
    for (let ms = 1; ms <= 100; ms++) histogram.record(ms);
    expect(histogram.summary()).toEqual({ min: 1, median: 50, p99: 99, max: 100 });
  });

  it("takes an event that is early by a fraction for one on time", () => {
    const histogram = new LatenessHistogram();
    histogram.record(-0.4);
    expect(histogram.summary()).toEqual({ min: 0, median: 0, p99: 0, max: 0 });
  });

  it("differs from the exact ranks by at most 1.6 %, up to thousands of years", () => {
    const values = fc.array(fc.integer({ min: 0, max: 2 ** 47 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, (recorded) => {
        const histogram = new LatenessHistogram();
        for (const value of recorded) histogram.record(value);
        const sorted = recorded.toSorted((left, right) => left - right);
        const rank = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
        const { min, median, p99, max } = histogram.summary() ?? {
          min: 1,
          median: 1,
          p99: 1,
          max: 0,
        };
        expect([min, max]).toEqual([sorted[0], sorted.at(-1)]);
        for (const [found, exact] of [
          [median, rank(0.5)],
          [p99, rank(0.99)],
        ] as const) {
          expect(found).toBeLessThanOrEqual(exact);
          expect(found).toBeGreaterThanOrEqual(exact * (1 - 1 / 64));
        }
      }),
    );
  });
});

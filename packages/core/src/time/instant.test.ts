import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIRST_INSTANT_MS, formatInstant, LAST_INSTANT_MS, parseInstant } from "./instant.js";

describe("parseInstant()", () => {
  it("reads every instant that a key can hold as the platform's own calendar does", () => {
    fc.assert(
      fc.property(fc.integer({ min: FIRST_INSTANT_MS, max: LAST_INSTANT_MS }), (atMs) => {
        expect(parseInstant(formatInstant(atMs))).toBe(atMs);
      }),
      { numRuns: 10_000 },
    );
  });

  it("accepts of any 24 characters only those that are written back the same", () => {
    const almost = fc
      .tuple(fc.nat(9999), fc.nat(13), fc.nat(32), fc.nat(24), fc.nat(60), fc.nat(60), fc.nat(999))
      .map(([year, month, day, hour, minute, second, ms]) => {
        const pad = (value: number, width: number) => String(value).padStart(width, "0");
        const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
        return `${date}T${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}.${pad(ms, 3)}Z`;
      });
    fc.assert(
      fc.property(almost, (text) => {
        const date = new Date(text);
        const isReal = !Number.isNaN(date.getTime()) && date.toISOString() === text;
        expect(parseInstant(text)).toBe(isReal ? date.getTime() : undefined);
      }),
      { numRuns: 10_000 },
    );
  });
});

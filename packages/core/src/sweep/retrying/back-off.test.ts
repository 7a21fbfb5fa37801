import { describe, expect, it } from "vitest";
import { nextTryMs } from "./back-off.js";

const MINUTE_MS = 60_000;

describe("nextTryMs()", () => {
  it("doubles the pause from a minute to an hour, and then stays there", () => {
    const steps: number[] = [];
    for (let atMs = 0; steps.length < 9; ) {
      atMs = nextTryMs(0, atMs);
      steps.push(atMs / MINUTE_MS);
    }
    expect(steps).toEqual([1, 3, 7, 15, 31, 63, 123, 183, 243]);
  });

  it("needs no count of tries: any later instant finds its next step", () => {
    expect(nextTryMs(5_000, 5_000 + 8 * MINUTE_MS)).toBe(5_000 + 15 * MINUTE_MS);
    expect(nextTryMs(0, 63 * MINUTE_MS)).toBe(123 * MINUTE_MS);
    expect(nextTryMs(0, 122.9 * MINUTE_MS)).toBe(123 * MINUTE_MS);
  });
});

import { describe, expect, it } from "vitest";
import { partBytes } from "./stream-parts.js";

const MEBIBYTE = 1_048_576;
const TEBIBYTE = 1_099_511_627_776;

describe("partBytes()", () => {
  it.each([
    ["S3's largest object of old, 5 TB, with its 10,000 parts", 10_000, 80, 5e12],
    ["6 TB with Azure's 50,000 blocks", 50_000, 1_000, 6e12],
  ])("reaches %s, the first ones small", (_, partsMax, partsOfASize, bytes) => {
    const limits = { partsMax, partsOfASize };
    const lengths = Array.from({ length: partsMax }, (_part, index) => partBytes(index, limits));
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeGreaterThan(bytes);
    expect([partBytes(0, limits), partBytes(79, limits)]).toEqual([8 * MEBIBYTE, 8 * MEBIBYTE]);
    expect(partBytes(0, limits, 5 * TEBIBYTE) * (partsMax - 1)).toBeGreaterThanOrEqual(
      5 * TEBIBYTE,
    );
    expect(partBytes(0, limits, 6e9)).toBe(8 * MEBIBYTE);
  });
});

import { describe, expect, it } from "vitest";
import { partBytes } from "./upload-in-parts.js";

const MEBIBYTE = 1_048_576;
const TEBIBYTE = 1_099_511_627_776;

describe("partBytes()", () => {
  it("reaches S3's largest object of old, 5 TB, with its 10,000 parts", () => {
    const lengths = Array.from({ length: 10_000 }, (_, index) => partBytes(index + 1));
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeGreaterThan(5e12);
    expect(partBytes(1, 5 * TEBIBYTE) * 9_999).toBeGreaterThanOrEqual(5 * TEBIBYTE);
  });

  it("keeps the parts of ordinary objects small", () => {
    expect(partBytes(80)).toBe(8 * MEBIBYTE);
    expect(partBytes(1, 6e9)).toBe(8 * MEBIBYTE);
  });
});

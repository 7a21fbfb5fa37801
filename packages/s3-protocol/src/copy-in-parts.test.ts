import { describe, expect, it } from "vitest";
import { copyParts } from "./copy-in-parts.js";

const GIBIBYTE = 1_073_741_824;
const TEBIBYTE = 1_024 * GIBIBYTE;

describe("copyParts()", () => {
  it("covers the source to its last byte, both ends of a range included", () => {
    const ranges = (size: number) => [...copyParts(size, 100)].map(({ range }) => range);
    expect(ranges(201)).toEqual(["bytes=0-99", "bytes=100-199", "bytes=200-200"]);
    expect(ranges(200)).toEqual(["bytes=0-99", "bytes=100-199"]);
  });

  it("needs no more than S3's 10,000 parts for its largest objects", () => {
    const parts = [...copyParts(50 * TEBIBYTE, 5 * GIBIBYTE)];
    expect(parts.length).toBeLessThanOrEqual(10_000);
    expect(parts.at(-1)?.range).toMatch(new RegExp(`-${50 * TEBIBYTE - 1}$`));
  });
});

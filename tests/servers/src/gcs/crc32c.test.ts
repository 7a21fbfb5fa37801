import { describe, expect, it } from "vitest";
import { crc32c } from "./crc32c.js";

describe("crc32c()", () => {
  it.each([
    ["", "AAAAAA=="],
    // The check value of CRC-32C, 0xe3069283.
    ["123456789", "4waSgw=="],
  ])("sums %j", (text, sum) => {
    expect(crc32c(Buffer.from(text))).toBe(sum);
  });
});

import { describe, expect, it } from "vitest";
import { copyBlocks } from "./copy-in-blocks.js";

const TEBIBYTE = 1_099_511_627_776;

describe("copyBlocks()", () => {
  it("covers the source once, with no more than 50,000 blocks", () => {
    for (const size of [0, 1, 104_857_600, 104_857_601, 20 * TEBIBYTE]) {
      const blocks = [...copyBlocks(size, 268_435_456)];
      expect(blocks.length).toBeLessThanOrEqual(50_000);
      let end = 0;
      for (const { offset, bytes } of blocks) {
        expect(offset).toBe(end);
        end += bytes;
      }
      expect(end).toBe(size);
      expect(new Set(blocks.map(({ id }) => id)).size).toBe(blocks.length);
      expect(new Set(blocks.map(({ id }) => id.length)).size).toBeLessThanOrEqual(1);
    }
  });
});

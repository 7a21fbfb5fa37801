import { describe, expect, it } from "vitest";
import { showBytes } from "./show-size.js";

describe("showBytes()", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1_000, "1.0 kB"],
    [9_960, "10 kB"],
    [999_600, "1.0 MB"],
    [300_000_000, "300 MB"],
    [5e15, "5000 TB"],
  ])("writes %i as %s", (bytes, text) => {
    expect(showBytes(bytes)).toBe(text);
  });
});

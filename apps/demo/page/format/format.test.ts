import { describe, expect, it } from "vitest";
import { bytes, dollars } from "./count.js";
import { countdown, fromNow, span } from "./span.js";

describe("countdown()", () => {
  it.each([
    [0, "0:00"],
    [1, "0:01"],
    [59_000, "0:59"],
    [3_599_000, "59:59"],
    [3_661_000, "1:01:01"],
    [90_000_000, "1 d 1 h"],
    [-5_000, "0:00"],
  ])("writes %i ms as %s", (ms, written) => {
    expect(countdown(ms)).toBe(written);
  });
});

describe("span()", () => {
  it.each([
    [3, "3 ms"],
    [1_400, "1.4 s"],
    [720_000, "12 min"],
    [86_400_000, "1 day"],
    [432_000_000, "5 days"],
  ])("writes %i ms as %s", (ms, written) => {
    expect(span(ms)).toBe(written);
  });
});

describe("fromNow()", () => {
  it("distinguishes the future from the past", () => {
    expect(fromNow(10_000, 0)).toBe("in 10 s");
    expect(fromNow(0, 120_000)).toBe("2 min ago");
    expect(fromNow(500, 0)).toBe("now");
  });
});

describe("bytes() and dollars()", () => {
  it("write one figure with its unit, however small", () => {
    expect(bytes(1)).toBe("1 byte");
    expect(bytes(1_440)).toBe("1.4 kB");
    expect(dollars(0)).toBe("$0");
    expect(dollars(0.000_042)).toBe("$0.000042");
    expect(dollars(12.345)).toBe("$12.35");
  });
});

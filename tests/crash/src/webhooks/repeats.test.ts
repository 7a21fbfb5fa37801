import { describe, expect, it } from "vitest";
import { areExplained, type Received } from "./repeats.js";

const first: Received = { atMs: 100, answeredMs: 120, sweeper: "s1", receiver: "r1" };
const second: Received = { atMs: 20_000, answeredMs: 20_020, sweeper: "s2", receiver: "r2" };
const both = [first, second];

describe("areExplained()", () => {
  it("needs no reason for an event that arrived once, or never", () => {
    expect(areExplained([first], [])).toBe(true);
    expect(areExplained([], [])).toBe(true);
  });

  it("finds no reason without a kill", () => {
    expect(areExplained(both, [])).toBe(false);
  });

  it.each([
    ["its sweeper was killed before the repeat", "s1", 900, true],
    ["its sweeper was killed after the repeat", "s1", 20_500, false],
    ["its sweeper was killed before it", "s1", 50, false],
    ["another sweeper was killed", "s2", 900, false],
    ["its receiver was killed when it had hardly answered", "r1", 900, true],
    ["its receiver was killed long after its answer", "r1", 1_900, false],
    ["another receiver was killed", "r2", 900, false],
  ])("looks whether %s", (_, name, atMs, isExplained) => {
    expect(areExplained(both, [{ name, atMs }])).toBe(isExplained);
  });

  it("believes in a lost answer if the receiver did not send it", () => {
    const unanswered = [{ ...first, answeredMs: undefined }, second];
    expect(areExplained(unanswered, [{ name: "r1", atMs: 5_000 }])).toBe(true);
    expect(areExplained(unanswered, [])).toBe(false);
  });

  it("needs a reason for each webhook but the last", () => {
    const third = { ...second, atMs: 40_000, answeredMs: 40_020 };
    expect(areExplained([...both, third], [{ name: "s1", atMs: 900 }])).toBe(false);
  });
});

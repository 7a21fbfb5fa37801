import { describe, expect, it } from "vitest";
import { readTarget, readTargetPattern } from "./read-target.js";

describe("readTarget()", () => {
  it("splits at the first slash", () => {
    expect(readTarget("bucket/a/b")).toEqual({ bucket: "bucket", key: "a/b" });
    expect(readTarget("bucket//a")).toEqual({ bucket: "bucket", key: "/a" });
  });
});

describe("readTargetPattern()", () => {
  it.each([
    ["bucket", "", false],
    ["bucket/", "", false],
    ["bucket/*", "", false],
    ["bucket/daily/*", "daily/", false],
    ["bucket/42.json", "42.json", true],
  ])("reads %s", (text, keyPrefix, isExact) => {
    expect(readTargetPattern(text)).toEqual({ bucket: "bucket", keyPrefix, isExact });
  });
});

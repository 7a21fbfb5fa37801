import { describe, expect, it } from "vitest";
import { compileAllowTargets } from "./allow-targets.js";

const allows = (patterns: readonly string[], target: string) => {
  const slash = target.indexOf("/", target.startsWith("arn:") ? target.indexOf("/") + 1 : 0);
  return compileAllowTargets(patterns)({
    bucket: target.slice(0, slash),
    key: target.slice(slash + 1),
  });
};
const ARN = "arn:aws:s3:eu-central-1:123456789012:accesspoint/mine";

describe("compileAllowTargets()", () => {
  it.each([
    ["*", "any/key"],
    ["out/*", "out/k"],
    ["out/*", "out/a/b"],
    ["out/a/*", "out/a/b"],
    ["out/a*", "out/abc"],
    ["out/a", "out/a"],
    [`${ARN}/*`, `${ARN}/k`],
    [`${ARN}/a/k`, `${ARN}/a/k`],
    ["mine-s3alias/*", "mine-s3alias/k"],
  ])("%s allows %s", (pattern, target) => {
    expect(allows([pattern], target)).toBe(true);
    expect(allows(["other/*", pattern], target)).toBe(true);
  });

  it.each([
    ["out/*", "other/k"],
    ["out/a/*", "out/b/k"],
    ["out/a/*", "other/a/k"],
    ["out/a", "out/ab"],
    ["out/a", "other/a"],
    ["out/a*b", "out/axb"], // a star within is a star
    ["*", `${ARN}/k`],
    ["*", "mine-s3alias/k"],
    ["*", "mine--ol-s3/k"],
    ["*", "mine.mrap/k"],
  ])("%s does not allow %s", (pattern, target) => {
    expect(allows([pattern], target)).toBe(false);
  });

  it("takes a name that only holds an alias's ending for a bucket's", () => {
    expect(allows(["*"], "a-s3alias-b/k")).toBe(true);
  });

  it.each([["out"], ["/k"], ["out/"], ["o*t/k"], [""], [ARN]])("refuses %j", (pattern) => {
    expect(() => compileAllowTargets([pattern])).toThrow(
      expect.objectContaining({
        code: "invalid-option",
        message: expect.stringContaining(`"${pattern}" is no target pattern. Write "bucket/*"`),
      }),
    );
  });

  it("wants to be told any", () => {
    for (const none of [[], Reflect.get({}, "none")]) {
      expect(() => compileAllowTargets(none)).toThrow(
        expect.objectContaining({
          code: "invalid-option",
          message: expect.stringContaining("allowTargets is missing"),
        }),
      );
    }
  });
});

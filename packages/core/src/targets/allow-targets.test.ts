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
    ["*", `${ARN}/k`],
    ["*", "mine-s3alias/k"],
    ["*", "mine--ol-s3/k"],
    ["*", "mine.mrap/k"],
  ])("%s does not allow %s", (pattern, target) => {
    expect(allows([pattern], target)).toBe(false);
  });

  it("takes a name that contains an alias's ending for a bucket's", () => {
    expect(allows(["*"], "a-s3alias-b/k")).toBe(true);
  });

  it("allows an access point by its name, in both spellings, and on Outposts", () => {
    const outpost = "arn:aws:s3-outposts:eu-central-1:123456789012:outpost/op-1/accesspoint/mine";
    for (const bucket of [ARN, ARN.replace("accesspoint/", "accesspoint:"), outpost]) {
      const isAllowed = compileAllowTargets([`${bucket}/daily/*`]);
      expect(isAllowed({ bucket, key: "daily/1" })).toBe(true);
      expect(isAllowed({ bucket, key: "weekly/1" })).toBe(false);
    }
  });

  it.each(["tenant:out/*", "out/my reports/*", "out/it's/*", "out//*", "out/größe/*", "out/a:b"])(
    "accepts %j, which some store can hold",
    (pattern) => {
      expect(() => compileAllowTargets([pattern])).not.toThrow();
    },
  );

  // tests/docs/messages has further ones.
  it.each([
    ["out/", `Invalid target pattern "out/": it has no key. Write "out/*".`],
    ["/k", `Invalid target pattern "/k": it has no bucket. Write "k/*".`],
    ["*/*", `Invalid target pattern "*/*": its bucket contains a *. Write "*".`],
    ["**", `Invalid target pattern "**": it has no key. Write "*".`],
    ["\uff0a", `it contains a character that only looks like *. Write "*".`],
    ["{a", `Invalid target pattern "{a": its bucket contains {, and the only wildcard is a * at`],
    ["b}/*", `"b}/*": its bucket contains }, and the only wildcard is a * at the end. Write "bu`],
    ["%2A", `"%2A": its bucket contains %, and the only wildcard is a * at the end. `],
    ["b*", `Invalid target pattern "b*": it has no key. Write "bucket/*", `],
    ["out/**", `"out/**": it contains a * before its end. Write "out/*".`],
    ["out/a*b", `"out/a*b": it contains a * before its end. Write "out/a*".`],
    ["out/*/", `"out/*/": it contains a * before its end. Write "out/*".`],
    ['"out/*"', `Invalid target pattern '"out/*"': the quotes are part of it. Write out/* without`],
    [
      "`out/k`",
      `Invalid target pattern "\`out/k\`": the quotes are part of it. Write out/k without`,
    ],
    ['"out/*', `Invalid target pattern '"out/*': the quotes are part of it. Write out/* without`],
    ["GS://out", `"GS://out": it begins with GS://. Write "out/*".`],
    ["s3:out/*", `"s3:out/*": it begins with s3:. Write "out/*".`],
    ["file:./data/out/*", `"file:./data/out/*": it begins with file:. Write "bucket/*", `],
    ["o\u202eut/*", `its bucket contains a character that can't be seen. Write "out/*".`],
    ["out\\a/*", `its bucket contains a backslash. Write "out/a/*".`],
    ["\u00a0out/*", `out/*": it begins with a space. Write "out/*".`],
    ["\ufeffout/*", `it begins with a space. Write "out/*".`],
    ["out/*\r", `"out/*\\r": it contains a control character. Write "out/*".`],
    ['o"ut/*', `'o"ut/*': its bucket contains a quote. Write "bucket/*", `],
    ["./out/*", `"./out/*": no bucket is called ".". Write "out/*".`],
    ["out\\k", `"out\\\\k": it has no key. Write "out/k".`],
    [ARN, "it has no key. "],
    ["arn:aws:s3:::out/a/*", `"arn:aws:s3:::out/a/*": it is a bucket's ARN. Write "out/a/*".`],
  ])("refuses %j with the reason and the fix", (pattern, message) => {
    const refused = { code: "invalid-option", message: expect.stringContaining(message) };
    expect(() => compileAllowTargets(["good/*", pattern])).toThrow(
      expect.objectContaining(refused),
    );
  });

  it.each(["", "out/\ud800", "out/a\u0000b", "out/* ", "../*", "arn:aws:iam::1:role/x"])(
    "refuses %j",
    (pattern) => {
      const refused = expect.objectContaining({ code: "invalid-option" });
      expect(() => compileAllowTargets([pattern])).toThrow(refused);
    },
  );

  it("keeps each refusal on one line", () => {
    for (const pattern of ["a\nb/*", "a\u2028b/*", "a\u0085b/*", "x\u001b[2J/*"]) {
      expect(() => compileAllowTargets([pattern])).toThrow(
        expect.objectContaining({ message: expect.not.stringMatching(/[\p{Cc}\u2028\u2029]/u) }),
      );
    }
  });

  it.each([undefined, [], "*", { bucket: "out" }, [42], [["out/*"]], ["out/*", null], [{}]])(
    "refuses %j for its type",
    (patterns) => {
      const compile = () => compileAllowTargets(patterns as never);
      expect(compile).toThrow(expect.objectContaining({ code: "invalid-option" }));
    },
  );
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapePart, unescapePart } from "./escape.js";

const anyText = fc.string({ unit: "grapheme", maxLength: 40 });
const slashyText = fc.string({
  unit: fc.constantFrom("/", ".", "a", "%", "~", "é", "|", "2", "F"),
  maxLength: 12,
});

describe("escapePart()", () => {
  it.each([
    ["plain-Name_1.txt", "plain-Name_1.txt"],
    ["!()*:@,=+&$;", "!()*:@,=+&$;"],
    ["a/b.c/d", "a/b.c/d"],
    ["a b", "a%20b"],
    ["it's ~ 100%", "it%27s%20%7E%20100%25"],
    ["a|b", "a%7Cb"],
    ["é😀", "%C3%A9%F0%9F%98%80"],
    ["\u0000\n\\", "%00%0A%5C"],
    ["/a", "%2Fa"],
    ["a/", "a%2F"],
    ["a//b", "a%2F%2Fb"],
    ["a/./b", "a%2F%2E%2Fb"],
    ["../a/b", "%2E%2E%2Fa/b"],
    [".", "%2E"],
    ["..", "%2E%2E"],
    ["...", "..."],
    [".a/..b", ".a/..b"],
    ["%2F", "%252F"],
    ["\ufeffx", "%EF%BB%BFx"],
  ])("writes %j as %s", (text, escaped) => {
    expect(escapePart(text)).toBe(escaped);
    expect(unescapePart(escaped)).toBe(text);
  });

  it("refuses half a surrogate pair with the name", () => {
    expect(() => escapePart("a\ud800b")).toThrow(/surrogate/);
  });

  it("gives ASCII that no shell and no path misreads, and comes back unchanged", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, slashyText), (text) => {
        const escaped = escapePart(text);
        expect(escaped).toMatch(/^[A-Za-z0-9\-_.!()*:@,=+&$;/%]*$/);
        for (const segment of escaped.split("/")) {
          if (escaped.includes("/")) expect(["", ".", ".."]).not.toContain(segment);
        }
        expect(unescapePart(escaped)).toBe(text);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("unescapePart()", () => {
  it.each([
    "%41",
    "%2f",
    "%",
    "%G0",
    "%C0%AF",
    "%ED%A0%80",
    "a b",
    "é",
    "~",
    "'",
    "a/",
    "/a",
    "a//b",
    "./a",
    "%2Ea",
    "a%2Fb",
  ])("takes %j for foreign", (text) => {
    expect(unescapePart(text)).toBeUndefined();
  });

  it("accepts a text only if escaping gives it back, and never throws", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, slashyText, fc.string({ unit: "binary" })), (text) => {
        const plain = unescapePart(text);
        if (plain !== undefined) expect(escapePart(plain)).toBe(text);
      }),
      { numRuns: 10_000 },
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapePart, unescapePart } from "./codec-v1.js";

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
    expect(() => escapePart("a\ud800b")).toThrow(
      expect.objectContaining({
        code: "invalid-target",
        message: expect.stringContaining("surrogate"),
      }),
    );
  });

  it("leaves these characters of ASCII as they are, and no others", () => {
    const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
    const raw = ascii.filter((character) => escapePart(`a${character}b`) === `a${character}b`);
    expect(raw.join("")).toBe(
      "!$&()*+,-./0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz",
    );
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
  ])("does not recognize %j", (text) => {
    expect(unescapePart(text)).toBeUndefined();
  });

  it("reads of all escapes of one byte those that are needed, in uppercase", () => {
    const digits = [..."0123456789ABCDEFGabcdefg/:@`"];
    const pairs = digits.flatMap((high) => digits.map((low) => `${high}${low}`));
    const needed = pairs.filter((pair) => {
      const isHex = /^[0-7][0-9A-F]$/.test(pair);
      return (
        isHex && !/[!$&()*+,\-./0-9:;=@A-Z_a-z]/.test(String.fromCharCode(Number(`0x${pair}`)))
      );
    });
    expect(pairs.filter((pair) => unescapePart(`a%${pair}b`) !== undefined)).toEqual(needed);
    expect(pairs.filter((pair) => unescapePart(`é%${pair}b`) !== undefined)).toEqual([]);
  });

  it("reads escapes of UTF-8 in uppercase alone", () => {
    expect(unescapePart("%C3%A9/%E2%82%AC/%F0%9F%98%80")).toBe("é/€/😀");
    for (const text of ["%c3%A9", "%C3%a9", "%C3%AG", "%C3é", "%C3", "%A9", "%C3%A9%2e"]) {
      expect(unescapePart(text)).toBeUndefined();
    }
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

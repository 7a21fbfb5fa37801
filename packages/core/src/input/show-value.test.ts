import { describe, expect, it } from "vitest";
import { UNPRINTABLE } from "../test-support/unprintable.js";
import {
  safeText,
  showValue,
  thrownMessage,
  visibleJson,
  visibleLines,
  visibleText,
} from "./show-value.js";

class S3Client {}
class Client {}

describe("showValue()", () => {
  it.each([
    ["out/k\n", '"out/k\\n"'],
    ["x".repeat(100), `"${"x".repeat(80)}…"`],
    [42, "42"],
    [10n, "10"],
    [undefined, "undefined"],
    [null, "null"],
    [Symbol("s"), "Symbol(s)"],
    [() => 1, "a function"],
    [[1], "an array"],
    [{ a: 1 }, "an object"],
    [Object.create(null), "an object"],
    [new S3Client(), "an S3Client"],
    [new Client(), "a Client"],
    [new Date(), "a Date"],
    [new AbortController(), "an AbortController"],
  ])("describes %o as %s", (value, text) => {
    expect(showValue(value)).toBe(text);
  });
});

describe("thrownMessage() and safeText()", () => {
  it.each(UNPRINTABLE)("describe %s", (_, thrown, shown) => {
    expect([thrownMessage(thrown), safeText(thrown)]).toEqual([shown, shown]);
  });

  it("give the text of what has one, and the name of an error only as text", () => {
    const error = new TypeError("x is null");
    expect([thrownMessage(error), safeText(error)]).toEqual(["x is null", "TypeError: x is null"]);
    expect([thrownMessage(Symbol("s")), safeText(undefined)]).toEqual(["Symbol(s)", "undefined"]);
  });
});

describe("visibleText()", () => {
  it.each([
    ["\u001b]0;title\u0007", "\\u001b]0;title\\u0007"],
    ["\u009b2J", "\\u009b2J"],
    ["a\r\nb\tc", "a\\r\\nb\\tc"],
    ["a\u0000b\u007fc", "a\\u0000b\\u007fc"],
    ["a\u0085b\u2028c\u2029d", "a\\u0085b\\u2028c\\u2029d"],
    ["invoice-\u202egpj.exe", "invoice-\\u202egpj.exe"],
    ["\u200e\u200f\u061c\u2066x\u2069", "\\u200e\\u200f\\u061c\\u2066x\\u2069"],
  ])("shows %j as %s", (text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it.each(["reminders/42.json", "größe 5 €", "日本語", "שלום", "👩‍👩‍👧", "a\\nb", ""])(
    "does not change %s",
    (text) => {
      expect(visibleText(text)).toBe(text);
    },
  );
});

describe("visibleLines()", () => {
  it("keeps tabs and line breaks, and escapes all else", () => {
    expect(visibleLines("a\tb\r\nc\rd\n\u001b[2J")).toBe("a\tb\r\nc\\rd\n\\u001b[2J");
  });
});

describe("visibleJson()", () => {
  it("keeps the meaning and escapes every control character", () => {
    const value = { key: "\u001b[2J\u009b\u007f\u202e\u2028\n" };
    const json = visibleJson(JSON.stringify(value));
    expect(json).toBe('{"key":"\\u001b[2J\\u009b\\u007f\\u202e\\u2028\\n"}');
    expect(JSON.parse(json)).toEqual(value);
  });
});

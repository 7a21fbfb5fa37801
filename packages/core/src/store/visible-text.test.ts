import { describe, expect, it } from "vitest";
import { visibleJson, visibleLines, visibleText } from "../input/show-value.js";

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
    "leaves %s as it is",
    (text) => {
      expect(visibleText(text)).toBe(text);
    },
  );
});

describe("visibleLines()", () => {
  it("keeps tabs and ends of lines, and nothing else", () => {
    expect(visibleLines("a\tb\r\nc\rd\n\u001b[2J")).toBe("a\tb\r\nc\\rd\n\\u001b[2J");
  });
});

describe("visibleJson()", () => {
  it("means the same, and holds no control character", () => {
    const value = { key: "\u001b[2J\u009b\u007f\u202e\u2028\n" };
    const json = visibleJson(JSON.stringify(value));
    expect(json).toBe('{"key":"\\u001b[2J\\u009b\\u007f\\u202e\\u2028\\n"}');
    expect(JSON.parse(json)).toEqual(value);
  });
});

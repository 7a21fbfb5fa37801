import { describe, expect, it } from "vitest";
import { showValue } from "./show-value.js";

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

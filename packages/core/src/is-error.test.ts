import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { hasCode } from "./errors.js";
import { isError } from "./values.js";

describe("isError()", () => {
  it("accepts errors of this realm, of another one, and of subclasses", () => {
    expect(isError(new TypeError("x"))).toBe(true);
    expect(isError(new DOMException("x"))).toBe(true);
    expect(isError(runInNewContext("new RangeError('x')"))).toBe(true);
    expect(isError(runInNewContext("new (class Own extends Error {})('x')"))).toBe(true);
  });

  it.each([undefined, null, "Error: x", { message: "x" }, Error])("refuses %s", (value) => {
    expect(isError(value)).toBe(false);
  });
});

describe("hasCode()", () => {
  it("reads the code of an error of another realm", () => {
    const foreign: unknown = runInNewContext("Object.assign(new Error('x'), { code: 'denied' })");
    expect(hasCode(foreign, "denied")).toBe(true);
    expect(hasCode(foreign, "aborted")).toBe(false);
  });
});

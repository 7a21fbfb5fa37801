import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { hasCode, KeywhenError } from "./errors.js";
import { isStoreError, rethrowUnlessStoreError, storeErrorOf } from "./store/object-store-error.js";
import { isDestinationError } from "./targets/destination-error.js";
import { storeError } from "./test-support/test-schedule.js";
import { UNPRINTABLE } from "./test-support/unprintable.js";
import { isError } from "./values.js";

const mistake = new TypeError("x is not a function");
/** A store's error of another realm (Jest), or of another copy of this package. */
const ofAnotherRealm: unknown = runInNewContext(
  'Object.assign(new Error("x"), { name: "ObjectStoreError", code: "denied", undecided: true })',
);

describe("isError()", () => {
  it("accepts errors of this realm, of another one, and of subclasses", () => {
    expect(isError(mistake)).toBe(true);
    expect(isError(new DOMException("x"))).toBe(true);
    expect(isError(runInNewContext("new RangeError('x')"))).toBe(true);
    expect(isError(runInNewContext("new (class Own extends Error {})('x')"))).toBe(true);
  });

  it.each([undefined, null, "Error: x", { message: "x" }, Error])("refuses %s", (value) => {
    expect(isError(value)).toBe(false);
  });
});

describe("hasCode()", () => {
  it("recognizes an error by its code, from any copy of the package and any realm", () => {
    expect(hasCode(new KeywhenError("invalid-time", "x"), "invalid-time")).toBe(true);
    expect(hasCode(ofAnotherRealm, "throttled", "denied")).toBe(true);
    expect(hasCode(ofAnotherRealm, "aborted")).toBe(false);
    for (const other of [mistake, { code: "denied" }, undefined])
      expect(hasCode(other, "denied")).toBe(false);
  });
});

describe("What can't be read", () => {
  it.each(UNPRINTABLE)("is no error that is known: %s", (_, thrown) => {
    expect(isStoreError(thrown)).toBe(false);
    expect(isDestinationError(thrown)).toBe(false);
    expect(hasCode(thrown, "denied")).toBe(false);
    expect(() => isError(thrown)).not.toThrow();
  });

  it("is no error with a code if its code can't be read", () => {
    const get = () => {
      throw mistake;
    };
    expect(hasCode(Object.defineProperty(new Error("x"), "code", { get }), "denied")).toBe(false);
  });
});

describe("ObjectStoreError", () => {
  it.each([
    ["throttled", true, false],
    ["conflict", true, true],
    ["unavailable", true, true],
    ["aborted", false, true],
    ["unexpected", false, true],
    ["denied", false, false],
    ["no-such-bucket", false, false],
    ["invalid-key", false, false],
    ["not-supported", false, false],
  ] as const)("%s: retryable %s, undecided %s", (code, retryable, undecided) => {
    expect(storeError(code, "put")).toMatchObject({ code, retryable, undecided });
  });

  it("says what was done where", () => {
    expect(storeError("denied", "put").message).toBe("put b: made-up denied");
  });

  it("is recognized by its shape; any other error is thrown again, because it is a bug", () => {
    for (const error of [storeError("denied", "get"), ofAnotherRealm]) {
      expect(isStoreError(error)).toBe(true);
      expect(storeErrorOf(error)).toBe(error);
      expect(() => rethrowUnlessStoreError(error)).not.toThrow();
    }
    const half = Object.assign(new Error("x"), { name: "ObjectStoreError" });
    for (const other of [mistake, half, { name: "ObjectStoreError", undecided: true }, undefined])
      expect(isStoreError(other)).toBe(false);
    expect(() => storeErrorOf(mistake)).toThrow(mistake);
    expect(() => rethrowUnlessStoreError(mistake)).toThrow(mistake);
  });
});

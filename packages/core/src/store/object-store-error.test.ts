import { describe, expect, it } from "vitest";
import { storeError } from "../test-support/test-schedule.js";
import { isStoreError, rethrowUnlessStoreError, storeErrorOf } from "./object-store-error.js";

describe("isStoreError()", () => {
  it("knows the error of another copy of this package by its shape, and no other error", () => {
    const foreign = Object.assign(new Error("x"), { name: "ObjectStoreError", undecided: true });
    expect(isStoreError(foreign)).toBe(true);
    expect(isStoreError(storeError("denied", "get"))).toBe(true);
    for (const other of [new Error("x"), { name: "ObjectStoreError", undecided: true }, undefined])
      expect(isStoreError(other)).toBe(false);
    const half = Object.assign(new Error("x"), { name: "ObjectStoreError" });
    expect(isStoreError(half)).toBe(false);
  });
});

describe("storeErrorOf()", () => {
  it("throws on what is no store's error, as a mistake in the code is nobody's to handle", () => {
    const error = storeError("denied", "get");
    expect(storeErrorOf(error)).toBe(error);
    const mistake = new TypeError("x is not a function");
    expect(() => storeErrorOf(mistake)).toThrow(mistake);
  });
});

describe("rethrowUnlessStoreError()", () => {
  it("throws anything but a store's error again", () => {
    expect(() => rethrowUnlessStoreError(storeError("denied", "get"))).not.toThrow();
    const mistake = new TypeError("x is not a function");
    expect(() => rethrowUnlessStoreError(mistake)).toThrow(mistake);
  });
});

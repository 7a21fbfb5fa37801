import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { hasCode, KeywhenError } from "./errors.js";
import { isStoreError } from "./store/object-store-error.js";
import { storeError } from "./test-support/test-schedule.js";

describe("hasCode()", () => {
  it("tells an error by its code, whichever copy of the package made it", () => {
    const foreign = Object.assign(new Error("x"), { code: "denied" });
    expect(hasCode(foreign, "throttled", "denied")).toBe(true);
    expect(hasCode(new KeywhenError("invalid-time", "x"), "invalid-time")).toBe(true);
    expect(hasCode(new KeywhenError("invalid-time", "x"), "denied")).toBe(false);
    expect(hasCode({ code: "denied" }, "denied")).toBe(false);
    expect(hasCode(undefined, "denied")).toBe(false);
  });
});

describe("an error of another context (Jest)", () => {
  it("is told by its code and shape", () => {
    const error: unknown = runInNewContext('Object.assign(new Error("x"), { code: "denied" })');
    expect(hasCode(error, "denied")).toBe(true);
    Object.assign(Object(error), { name: "ObjectStoreError", undecided: false });
    expect(isStoreError(error)).toBe(true);
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

  it("says what was done where, and is told by its shape", () => {
    expect(storeError("denied", "put").message).toBe("put b: made-up denied");
    expect(isStoreError(storeError("denied", "put"))).toBe(true);
    expect(isStoreError(new Error("denied"))).toBe(false);
  });
});

import { KeywhenError } from "@keywhen/core";
import { ObjectStoreError } from "@keywhen/core/store";
import { describe, expect, it } from "vitest";
import { explainError } from "./explain-error.js";

describe("explainError()", () => {
  it.each([
    ["denied", 1],
    ["no-such-bucket", 1],
    ["unavailable", 1],
    ["throttled", 1],
    ["conflict", 1],
    ["not-supported", 1],
    ["invalid-key", 2],
    ["aborted", 130],
    ["unexpected", 1],
  ] as const)("exits for the store's code %s with %i", (code, exitCode) => {
    const failed = { code, operation: "put", bucket: "acme", message: "No" } as const;
    const explained = explainError(new ObjectStoreError(failed), "file:./data");
    expect(explained).toMatchObject({ code, exitCode });
  });

  it("exits 2 for what was typed, 1 for what this store can't do", () => {
    const exitOf = (error: unknown) => explainError(error, undefined).exitCode;
    expect(exitOf(new KeywhenError("invalid-time", "x"))).toBe(2);
    expect(exitOf(new KeywhenError("key-too-long", "x"))).toBe(2);
    expect(exitOf(new KeywhenError("not-supported", "x"))).toBe(1);
    expect(exitOf(new KeywhenError("clock-skew", "x"))).toBe(1);
    expect(exitOf(new TypeError("x"))).toBe(1);
  });

  it("keeps the id of an event that is not certainly stored", () => {
    const undecided = Object.assign(new KeywhenError("undecided", "x"), { id: "the id" });
    expect(explainError(undecided, undefined)).toMatchObject({ exitCode: 4, id: "the id" });
    const tooLate = Object.assign(new KeywhenError("too-late", "x"), { id: "the id" });
    expect(explainError(tooLate, undefined)).toMatchObject({ exitCode: 4, code: "too-late" });
  });
});

import { KeywhenError } from "@keywhen/core";
import { ObjectStoreError, type StoreErrorCode } from "@keywhen/core/store";
import { describe, expect, it } from "vitest";
import { explainError } from "./explain-error.js";

const failed = (code: StoreErrorCode) =>
  new ObjectStoreError({
    code,
    operation: "put",
    bucket: "acme",
    key: "keywhen/pending/2026-12-24T08:00:00.000Z|b|k|d",
    message: "said the store",
  });

describe("explainError()", () => {
  it.each([
    ["denied", 1, /^may not put acme\/keywhen\/pending\/ \(said the store\)\./],
    ["no-such-bucket", 1, /^there is no bucket "acme" in file:\.\/data\. Create it/],
    ["unavailable", 1, /did not answer .* It may have been carried out all the same\./],
    ["throttled", 1, /because of load/],
    ["conflict", 1, /another write/],
    ["not-supported", 1, /can't do that: said the store\.$/],
    ["invalid-key", 2, /can't have such a name/],
    ["aborted", 130, /^interrupted\. It may have been/],
    ["unexpected", 1, /makes no sense/],
  ] as const)("explains %s and exits %i", (code, exitCode, line) => {
    const explained = explainError(failed(code), "file:./data");
    expect(explained).toMatchObject({ code, exitCode });
    expect([explained.message, explained.hint].join(" ").trim()).toMatch(line);
  });

  it("exits 2 for what was typed, 1 for what this store can't do", () => {
    const exitOf = (error: unknown) => explainError(error, undefined).exitCode;
    expect(exitOf(new KeywhenError("invalid-time", "x"))).toBe(2);
    expect(exitOf(new KeywhenError("key-too-long", "x"))).toBe(2);
    expect(exitOf(new KeywhenError("not-supported", "x"))).toBe(1);
    expect(explainError(new KeywhenError("clock-skew", "x"), undefined)).toMatchObject({
      exitCode: 1,
      code: "clock-skew",
      hint: expect.stringContaining("keywhen doctor"),
    });
  });

  it("owns up to a fault of its own, in one line", () => {
    const explained = explainError(new TypeError("x is\n not a function"), undefined);
    expect(explained).toMatchObject({ exitCode: 1, message: "x is not a function" });
    expect(explained.hint).toContain("keywhen's own");
  });
});

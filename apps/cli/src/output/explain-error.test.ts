import { KeywhenError } from "@keywhen/core";
import { ObjectStoreError, type StoreErrorCode } from "@keywhen/core/store";
import { describe, expect, it } from "vitest";
import { explainError } from "./explain-error.js";

const failed = (code: StoreErrorCode, message = "said the store") =>
  new ObjectStoreError({
    code,
    operation: "put",
    bucket: "acme",
    key: "keywhen/pending/2026-12-24T08:00:00.000Z|b|k|d",
    message,
  });

describe("explainError()", () => {
  it.each([
    [
      "denied",
      1,
      /^Can't write acme\/keywhen\/pending\/: said the store\. Nothing was changed\. Correct the folder or its disk/,
    ],
    [
      "no-such-bucket",
      1,
      /^There is no bucket "acme" in file:\.\/data: said the store\. Correct --store, or/,
    ],
    [
      "unavailable",
      1,
      /^Can't write acme\/keywhen\/pending\/: said the store\. It may have been carried/,
    ],
    ["throttled", 1, /because of load/],
    ["conflict", 1, /Another write/],
    ["not-supported", 1, /can't do that: said the store\.$/],
    ["invalid-key", 2, /can't have this name/],
    ["aborted", 130, /^interrupted\. It may have been/],
    ["unexpected", 1, /Unexpected failure of the store: /],
  ] as const)("explains %s and exits %i", (code, exitCode, line) => {
    const explained = explainError(failed(code), "file:./data");
    expect(explained).toMatchObject({ code, exitCode });
    expect([explained.message, explained.hint].join(" ").trim()).toMatch(line);
  });

  it.each(["unexpected", "denied", "unavailable", "not-supported"] as const)(
    "ends the store's words with one period: %s",
    (code) => {
      const { message } = explainError(failed(code, "said the store."), "file:./data");
      expect(message).toMatch(/said the store\)?\.$/);
    },
  );

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

  it("names the permission on S3, and says nothing of what became of a read", () => {
    const listed = new ObjectStoreError({
      code: "denied",
      operation: "list",
      bucket: "acme",
      message: "AccessDenied",
    });
    expect(explainError(listed, "s3://acme")).toMatchObject({
      message: "Permission denied: can't list acme (AccessDenied).",
      hint: "This identity needs the permission s3:ListBucket on bucket acme.",
    });
    const unanswered = new ObjectStoreError({
      code: "unavailable",
      operation: "list",
      bucket: "acme",
      message: "ECONNREFUSED",
    });
    expect(explainError(unanswered, "s3://acme").hint).toMatch(/^Check the network/);
  });

  it("repeats what was said of rejected credentials", () => {
    const rejected = new ObjectStoreError({
      code: "unauthenticated",
      operation: "get",
      bucket: "acme",
      message: "the store rejected the credentials (SignatureDoesNotMatch)",
    });
    expect(explainError(rejected, "s3://acme")).toMatchObject({
      exitCode: 1,
      message: "The store rejected the credentials (SignatureDoesNotMatch).",
    });
  });

  it("keeps the id of an event that is not certainly stored", () => {
    const undecided = Object.assign(new KeywhenError("undecided", "x"), { id: "the id" });
    expect(explainError(undecided, undefined)).toMatchObject({ exitCode: 4, id: "the id" });
    const tooLate = Object.assign(new KeywhenError("too-late", "x"), { id: "the id" });
    expect(explainError(tooLate, undefined)).toMatchObject({ exitCode: 4, code: "too-late" });
  });

  it("names a module of the user's own as another place of a bug", () => {
    const { hint } = explainError(new TypeError("x"), "my:x", "./my-store.mjs");
    expect(hint).toContain("keywhen or in the adapter ./my-store.mjs");
  });

  it("admits a bug of keywhen, in one line", () => {
    const explained = explainError(new TypeError("x is\n not a function"), undefined);
    expect(explained).toMatchObject({ exitCode: 1, message: "x is not a function" });
    expect(explained.hint).toBe("This is a bug in keywhen. -v shows where.");
  });
});

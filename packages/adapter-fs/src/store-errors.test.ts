import { describe, expect, it } from "vitest";
import { waitFor } from "./steps.js";
import { fault, settled, toStoreError } from "./store-errors.js";
import { Turns } from "./turns.js";

const CALL = { operation: "put", bucket: "out", key: "a" } as const;

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: it failed`), { code });
}

describe("toStoreError()", () => {
  it.each([
    ["EACCES", "denied", false],
    ["EPERM", "denied", false],
    ["EROFS", "denied", false],
    ["ELOOP", "denied", false],
    ["EEXIST", "denied", false],
    ["ENOSPC", "unavailable", true],
    ["EDQUOT", "unavailable", true],
    ["EFBIG", "unavailable", true],
    ["EIO", "unavailable", true],
    ["ENOENT", "unavailable", true],
    ["ENOTDIR", "unavailable", true],
    ["EISDIR", "unavailable", true],
    ["EXDEV", "unavailable", true],
    ["EBUSY", "unavailable", true],
    ["ESTALE", "unavailable", true],
    ["ETIMEDOUT", "unavailable", true],
    ["EMFILE", "throttled", true],
    ["ENFILE", "throttled", true],
    ["ENOMEM", "throttled", true],
    ["ENAMETOOLONG", "invalid-key", false],
    ["EILSEQ", "invalid-key", false],
    ["ENOTSUP", "not-supported", false],
    ["ENOSYS", "not-supported", false],
    ["EMLINK", "not-supported", false],
  ])("translates %s to %s, with nothing done", (errno, code, retryable) => {
    const cause = systemError(errno);
    const error = toStoreError(cause, CALL);
    expect(error).toMatchObject({ code, retryable, undecided: false, ...CALL, cause });
  });

  it("names the path that the system call failed on", () => {
    const error = toStoreError(Object.assign(systemError("EACCES"), { path: "/data/out" }), CALL);
    expect(error.message).toContain("(EACCES): /data/out;");
  });

  it.each([
    systemError("EWHATEVER"),
    new DOMException("a bug", "DataError"),
    new TypeError("a bug"),
    { code: 7 },
    "text",
  ])("leaves open what %s did", (cause) => {
    const error = toStoreError(cause, CALL);
    expect(error).toMatchObject({ code: "unexpected", undecided: true, retryable: false, cause });
  });

  it("keeps what the store's own faults say", () => {
    const cause = new Error("why");
    const error = toStoreError(fault("throttled", "busy", { cause }), CALL);
    expect(error).toMatchObject({ code: "throttled", undecided: false, cause });
    expect(toStoreError(error, { ...CALL, key: "b" })).toBe(error);
  });
});

describe("settled()", () => {
  it("leaves a call undecided that fails after it was carried out", async () => {
    const fails = function* () {
      yield* waitFor(Promise.reject(systemError("EIO")));
    };
    const afterwards = settled(fails());
    const failing = new Turns().run(afterwards);
    const error = toStoreError(await failing.catch((thrown: unknown) => thrown), CALL);
    expect(error).toMatchObject({ code: "unavailable", undecided: true, retryable: true });
  });
});

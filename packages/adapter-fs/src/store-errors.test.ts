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
    ["EACCES", "denied", false, "permission denied (EACCES); grant this user the permission"],
    [
      "EPERM",
      "denied",
      false,
      "not permitted by the file system (EPERM); grant this user the permission, or use a file system with hard links",
    ],
    ["EROFS", "denied", false, "the file system is read-only (EROFS); mount it for writing"],
    ["ELOOP", "denied", false, "a symbolic link is in the way (ELOOP); use a path without links"],
    [
      "EEXIST",
      "denied",
      false,
      "a file or folder that is not an object already has this name (EEXIST); choose another key",
    ],
    ["ENOSPC", "unavailable", true, "disk full (ENOSPC); free some space"],
    [
      "EDQUOT",
      "unavailable",
      true,
      "the disk quota is used up (EDQUOT); free some space, or raise the quota",
    ],
    [
      "EFBIG",
      "unavailable",
      true,
      "the body is larger than the largest file allowed here (EFBIG); make the body smaller, or raise the limit",
    ],
    ["EIO", "unavailable", true, "the disk failed to read or write (EIO)"],
    ["ENOENT", "unavailable", true, "a folder was removed (ENOENT)"],
    ["ENOTDIR", "unavailable", true, "a file has replaced the folder (ENOTDIR)"],
    ["EISDIR", "unavailable", true, "a folder has replaced the file (EISDIR)"],
    ["EXDEV", "unavailable", true, "the file is on another disk (EXDEV)"],
    ["EBUSY", "unavailable", true, "another program holds the file (EBUSY)"],
    ["ESTALE", "unavailable", true, "the network file system lost track of the file (ESTALE)"],
    ["ETIMEDOUT", "unavailable", true, "the network file system does not answer (ETIMEDOUT)"],
    [
      "EMFILE",
      "throttled",
      true,
      "this process has too many files open (EMFILE); raise its limit (ulimit -n)",
    ],
    ["ENFILE", "throttled", true, "the system has too many files open (ENFILE); raise its limit"],
    ["ENOMEM", "throttled", true, "out of memory (ENOMEM)"],
    [
      "ENAMETOOLONG",
      "invalid-key",
      false,
      "the path is longer than the file system allows (ENAMETOOLONG); shorten the key",
    ],
    [
      "EILSEQ",
      "invalid-key",
      false,
      "the file system does not allow such characters (EILSEQ); choose another key",
    ],
    [
      "ENOTSUP",
      "not-supported",
      false,
      "the file system does not support this (ENOTSUP); use a file system with hard links",
    ],
    [
      "ENOSYS",
      "not-supported",
      false,
      "the file system does not support this (ENOSYS); use a file system with hard links",
    ],
    [
      "EMLINK",
      "not-supported",
      false,
      "the file system has run out of links for one file (EMLINK); choose another folder",
    ],
  ])(
    "translates %s to %s, with nothing done, and says what to do",
    (errno, code, retryable, message) => {
      const cause = systemError(errno);
      const error = toStoreError(cause, CALL);
      expect(error).toMatchObject({ code, retryable, undecided: false, ...CALL, cause });
      expect(error.message).toBe(`put out/a: ${message}`);
    },
  );

  it.each([systemError("EWHATEVER"), new TypeError("a bug"), "text"])(
    "leaves open what %s did",
    (cause) => {
      const error = toStoreError(cause, CALL);
      expect(error).toMatchObject({ code: "unexpected", undecided: true, retryable: false, cause });
    },
  );

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

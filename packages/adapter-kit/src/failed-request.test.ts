import { describe, expect, it } from "vitest";
import { judgeStatus, judgeUnanswered, storeError, VERDICT_BY_STATUS } from "./failed-request.js";

const failed = { operation: "put", bucket: "b", key: "k", sent: true, aborted: false } as const;

describe("judging a failed request", () => {
  it.each([
    [200, "unexpected", true],
    [302, "unexpected", false],
    [404, "unexpected", false],
    [500, "unavailable", undefined],
    [503, "unavailable", undefined],
  ])("by the status %i alone: %s", (status, code, undecided) => {
    expect(judgeStatus(status)).toEqual({
      code,
      ...(undecided === undefined ? {} : { undecided }),
    });
  });

  it("keeps a put undecided if its connection broke after it was sent, and only then", () => {
    const system = (syscall: string) =>
      Object.assign(new Error(`${syscall} ECONNRESET`), { code: "ECONNRESET", syscall });
    expect(judgeUnanswered(system("read"))).toEqual({ code: "unavailable", undecided: true });
    expect(judgeUnanswered(system("connect"))).toEqual({ code: "unavailable", undecided: false });
    expect(judgeUnanswered(new TypeError("bug"))).toEqual({ code: "unexpected" });
  });
});

describe("storeError()", () => {
  it("keeps the cause and takes the verdict", () => {
    const error = new Error("cause");
    expect(storeError({ ...failed, error }, { code: "conflict" }, "words")).toMatchObject({
      code: "conflict",
      bucket: "b",
      key: "k",
      cause: error,
      message: "put b/k: words",
      undecided: true,
    });
  });

  it("says only that a call was aborted", () => {
    const aborted = storeError({ ...failed, aborted: true }, { code: "aborted" }, "socket hang up");
    expect(aborted.message).toBe("put b/k: aborted");
  });

  it("is decided for a request that only prepares", () => {
    const verdict = { code: "unavailable", undecided: true } as const;
    expect(storeError({ ...failed, prepares: true }, verdict, "words").undecided).toBe(false);
  });

  it("is never undecided where a status says that nothing was done", () => {
    for (const status of [403, 408, 412, 429, 501]) {
      const verdict = VERDICT_BY_STATUS[status] ?? { code: "unexpected" };
      expect(storeError(failed, verdict, "words").undecided).toBe(false);
    }
  });
});

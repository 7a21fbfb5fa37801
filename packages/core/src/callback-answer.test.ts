import { describe, expect, it } from "vitest";
import { answered } from "./callbacks.js";

/** What the process reports as unhandled while `work` runs, and shortly after. */
async function unhandledDuring(work: () => Promise<void>): Promise<readonly unknown[]> {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  try {
    await work();
    await new Promise((resolve) => setTimeout(resolve, 10));
  } finally {
    process.off("unhandledRejection", note);
  }
  return unhandled;
}

const failure = new Error("the callback failed");
const rejects = () => Promise.reject(failure);
const thenable = (then: unknown) => ({ then });

describe("answered()", () => {
  it.each([undefined, null, 3, "then", {}, thenable(undefined), () => {}, Promise.resolve(3)])(
    "resolves for %o",
    async (answer) => {
      await expect(answered(answer)).resolves.toBeUndefined();
    },
  );

  it.each([
    ["a promise that rejects", rejects],
    ["a thenable whose then() returns a promise that rejects", () => thenable(rejects)],
    [
      "a thenable whose then() returns such a thenable",
      () => thenable(() => thenable(() => thenable(rejects))),
    ],
    ["a function with such a then()", () => Object.assign(() => {}, thenable(rejects))],
    [
      "a thenable whose then() throws",
      () =>
        thenable(() => {
          throw failure;
        }),
    ],
  ])("rejects for %s, and leaves no rejection unhandled", async (_name, answer) => {
    const unhandled = await unhandledDuring(async () => {
      await expect(answered(answer())).rejects.toBe(failure);
    });
    expect(unhandled).toEqual([]);
  });

  it("follows a thenable that returns itself no further than needed", async () => {
    let calls = 0;
    const endless = thenable(() => {
      calls += 1;
      return endless;
    });
    void answered(endless);
    expect(calls).toBeLessThan(10);
  });
});

import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { answered, onAbort } from "./callbacks.js";

describe("onAbort()", () => {
  it("calls every callback that has not unsubscribed, with one listener on the signal", () => {
    const abort = new AbortController();
    const called: number[] = [];
    const unsubscribe = Array.from({ length: 20 }, (_, index) =>
      onAbort(abort.signal, () => called.push(index)),
    );
    expect(getEventListeners(abort.signal, "abort")).toHaveLength(1);
    for (const [index, end] of unsubscribe.entries()) if (index !== 7) end();
    abort.abort();
    expect(called).toEqual([7]);
  });

  it("calls back immediately if the signal has aborted, and never without a signal", () => {
    let called = 0;
    const count = () => called++;
    onAbort(undefined, count)();
    expect(called).toBe(0);
    onAbort(AbortSignal.abort(), count)();
    expect(called).toBe(1);
  });
});

describe("answered()", () => {
  const failure = new Error("the callback failed");
  const rejects = () => Promise.reject(failure);
  const throws = () => {
    throw failure;
  };
  const thenable = (then: unknown) => ({ then });

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
    ["a thenable whose then() throws", () => thenable(throws)],
  ])("rejects for %s, and leaves no rejection unhandled", async (_name, answer) => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    try {
      await expect(answered(answer())).rejects.toBe(failure);
      await new Promise((resolve) => setTimeout(resolve, 10));
    } finally {
      process.off("unhandledRejection", note);
    }
    expect(unhandled).toEqual([]);
  });

  it("follows a thenable that returns itself no further than needed", () => {
    let calls = 0;
    const endless = thenable(() => {
      calls += 1;
      return endless;
    });
    void answered(endless);
    expect(calls).toBeLessThan(10);
  });
});

import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { onAbort } from "./callbacks.js";

describe("onAbort()", () => {
  it("calls back everyone who has not unsubscribed, with one listener on the signal", () => {
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

  it("calls back at once if the signal has aborted", () => {
    let called = 0;
    onAbort(AbortSignal.abort(), () => called++);
    expect(called).toBe(1);
  });

  it("has nothing to do without a signal", () => {
    expect(onAbort(undefined, () => {})()).toBeUndefined();
  });
});

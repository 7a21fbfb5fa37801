import { describe, expect, it } from "vitest";
import { sleepUnlessAborted } from "./machine.js";
import { manualClock } from "./testing/manual-clock.js";

const clock = () => manualClock("2026-12-24T12:00Z");

describe("sleepUnlessAborted()", () => {
  it("sleeps as long as it is told", async () => {
    const manual = clock();
    let isAwake = false;
    const sleeping = sleepUnlessAborted(manual, 2_000, undefined).then(() => {
      isAwake = true;
    });
    await manual.advance("1999ms");
    expect(isAwake).toBe(false);
    await manual.advance("1ms");
    await sleeping;
  });

  it("wakes at once when any of its signals aborts, or has, and leaves no sleeper behind", async () => {
    const manual = clock();
    const abort = new AbortController();
    const sleeping = sleepUnlessAborted(manual, 2_000, undefined, abort.signal);
    abort.abort();
    await sleeping;
    await sleepUnlessAborted(manual, 2_000, AbortSignal.abort());
    expect(manual.sleepers).toBe(0);
  });

  it("wakes even if the clock passes over its signal", async () => {
    const manual = clock();
    const deaf = { ...manual, sleep: (ms: number) => manual.sleep(ms) };
    const abort = new AbortController();
    const sleeping = sleepUnlessAborted(deaf, 2_000, abort.signal);
    abort.abort();
    await sleeping;
  });
});

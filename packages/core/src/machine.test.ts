import { describe, expect, it } from "vitest";
import { sleepUnlessAborted, systemClock } from "./machine.js";
import { manualClock } from "./testing/manual-clock.js";

describe("systemClock", () => {
  it("returns the time and measures spans", async () => {
    const nowMs = systemClock.now();
    const startMs = systemClock.monotonic();
    await systemClock.sleep(20);
    expect(systemClock.monotonic() - startMs).toBeGreaterThanOrEqual(17);
    expect(systemClock.now()).toBeGreaterThanOrEqual(nowMs);
  });

  it("sleeps longer than the longest timer, which would fire immediately, until it is aborted", async () => {
    const abort = new AbortController();
    let isAwake = false;
    const sleeping = systemClock.sleep(2 ** 31, { signal: abort.signal }).then(() => {
      isAwake = true;
    });
    await systemClock.sleep(30);
    expect(isAwake).toBe(false);
    abort.abort();
    await sleeping;
    await systemClock.sleep(1e9, { signal: AbortSignal.abort() });
  });
});

describe("sleepUnlessAborted()", () => {
  const clock = manualClock("2026-12-24T12:00Z");

  it("sleeps for the given time", async () => {
    let isAwake = false;
    const sleeping = sleepUnlessAborted(clock, 2_000, undefined).then(() => {
      isAwake = true;
    });
    await clock.advance("1999ms");
    expect(isAwake).toBe(false);
    await clock.advance("1ms");
    await sleeping;
  });

  it("wakes when any of its signals aborts, or has, and leaves no sleeper behind", async () => {
    const abort = new AbortController();
    const sleeping = sleepUnlessAborted(clock, 2_000, undefined, abort.signal);
    abort.abort();
    await sleeping;
    await sleepUnlessAborted(clock, 2_000, AbortSignal.abort());
    expect(clock.sleepers).toBe(0);
  });

  it("wakes even if the clock ignores its signal", async () => {
    const abort = new AbortController();
    const deaf = { ...clock, sleep: (ms: number) => clock.sleep(ms) };
    const sleeping = sleepUnlessAborted(deaf, 2_000, abort.signal);
    abort.abort();
    await sleeping;
  });
});

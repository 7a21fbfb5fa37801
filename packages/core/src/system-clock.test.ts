import { describe, expect, it } from "vitest";
import { systemClock } from "./machine.js";

describe("systemClock", () => {
  it("tells the time and measures spans", async () => {
    const nowMs = systemClock.now();
    const startMs = systemClock.monotonic();
    await systemClock.sleep(20);
    expect(systemClock.monotonic() - startMs).toBeGreaterThanOrEqual(17);
    expect(systemClock.now()).toBeGreaterThanOrEqual(nowMs);
  });

  it("sleeps longer than the longest timer, which would fire at once", async () => {
    const abort = new AbortController();
    let isAwake = false;
    const sleeping = systemClock.sleep(2 ** 31, { signal: abort.signal }).then(() => {
      isAwake = true;
    });
    await systemClock.sleep(30);
    expect(isAwake).toBe(false);
    abort.abort();
    await sleeping;
  });

  it("wakes at once when it is aborted, before or while it sleeps, and never rejects", async () => {
    await systemClock.sleep(1e9, { signal: AbortSignal.abort() });
    const abort = new AbortController();
    const sleeping = systemClock.sleep(1e9, { signal: abort.signal });
    abort.abort();
    await sleeping;
  });
});

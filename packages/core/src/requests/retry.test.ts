import { describe, expect, it } from "vitest";
import { storeError, testSchedule } from "../test-support/test-schedule.js";
import { retry, retryPauseMs } from "./retry.js";

const busy = storeError("throttled", "get");

function failing(policy: { untilMs?: number; signal?: AbortSignal; attempts?: number } = {}) {
  const { clock } = testSchedule();
  const triesMs: number[] = [];
  const startMs = clock.now();
  const random = (bytes: number) => new Uint8Array(bytes); // the shortest pauses
  const untilMs = policy.untilMs === undefined ? undefined : startMs + policy.untilMs;
  const trying = retry({ clock, random, ...policy, untilMs }, async () => {
    triesMs.push(clock.now() - startMs);
    throw busy;
  });
  return { clock, triesMs, refused: expect(trying).rejects.toBe(busy) };
}

describe("retry()", () => {
  it("tries five times, with pauses that double", async () => {
    const { clock, triesMs, refused } = failing();
    await clock.advance("1m");
    await refused;
    expect(triesMs).toEqual([0, 50, 150, 350, 750]);
  });

  it("does not wait for a try that would come too late", async () => {
    const { clock, triesMs, refused } = failing({ untilMs: 350 });
    await clock.advance("150ms");
    await refused; // and not at 350 ms
    expect(triesMs).toEqual([0, 50, 150]);
  });

  it("ends immediately when it is aborted while it waits", async () => {
    const abort = new AbortController();
    const { clock, triesMs, refused } = failing({ signal: abort.signal });
    await clock.advance("60ms");
    abort.abort();
    await refused;
    expect(triesMs).toEqual([0, 50]);
  });

  it("does not repeat what will fail again", async () => {
    const { clock } = testSchedule();
    const error = storeError("denied", "get");
    let tries = 0;
    const trying = retry({ clock, random: (bytes) => new Uint8Array(bytes) }, async () => {
      tries += 1;
      throw error;
    });
    await expect(trying).rejects.toBe(error);
    expect(tries).toBe(1);
  });
});

describe("retryPauseMs()", () => {
  it("spreads each pause over its upper half, up to five seconds", () => {
    const [none, all] = [0, 255].map((byte) => (bytes: number) => new Uint8Array(bytes).fill(byte));
    if (!none || !all) throw new Error("two are made");
    expect([retryPauseMs(1, none), Math.ceil(retryPauseMs(1, all))]).toEqual([50, 100]);
    expect([retryPauseMs(2, none), Math.ceil(retryPauseMs(2, all))]).toEqual([100, 200]);
    expect([retryPauseMs(9, none), Math.ceil(retryPauseMs(9, all))]).toEqual([2_500, 5_000]);
  });
});

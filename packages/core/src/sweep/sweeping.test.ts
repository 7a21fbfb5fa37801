import { describe, expect, it } from "vitest";
import type { SweepReport } from "../report/sweep-report.js";
import { NOON, storeError, sweeperOf, testSchedule } from "../test-support/test-schedule.js";
import { manualClock } from "../testing/manual-clock.js";
import { startSweeping } from "./sweeping.js";

type Step = "whole" | "held" | "truncated" | Error;

/** Sweeping whose sweeps end as the steps say, each with its range; `begunAt` has the seconds at which they begin. */
async function setUp(
  steps: readonly Step[],
  options: { intervalMs?: number; isDeaf?: boolean; hasLease?: boolean } = {},
) {
  const whole = await sweeperOf(testSchedule()).sweep();
  const reports: Readonly<Record<Exclude<Step, Error>, SweepReport>> = {
    whole,
    truncated: { ...whole, truncated: "lease-lost" },
    held: {
      outcome: "held",
      by: "x",
      expiresAt: new Date(0),
      requests: whole.requests,
      durationMs: 0,
    },
  };
  const clock = manualClock(NOON);
  const startMs = clock.now();
  const { intervalMs = 60_000, hasLease = true } = options;
  const begunAt: number[] = [];
  const left = [...steps];
  const abort = new AbortController();
  const sweeping = startSweeping({
    clock: options.isDeaf ? { ...clock, sleep: (ms) => clock.sleep(ms) } : clock,
    intervalMs,
    hasLease,
    signal: abort.signal,
    async sweep(signal) {
      begunAt.push((clock.now() - startMs) / 1_000);
      const step = left.shift() ?? "whole";
      if (step instanceof Error) throw step;
      const endMs = (Math.floor(clock.now() / intervalMs) + 2) * intervalMs;
      if (step === "whole") await clock.sleep(endMs - clock.now(), { signal });
      return reports[step];
    },
  });
  return { clock, begunAt, abort, sweeping };
}

describe("startSweeping()", () => {
  it("begins each sweep five seconds before the range of the last one ends", async () => {
    const { clock, begunAt, sweeping } = await setUp([]);
    await clock.advance("5m");
    expect(begunAt).toEqual([0, 115, 175, 235, 295]);
    await sweeping.stop();
    await sweeping.done;
  });

  it("begins each sweep when the last one has ended on a store without a lease", async () => {
    const { clock, begunAt, sweeping } = await setUp([], { hasLease: false });
    await clock.advance("5m");
    expect(begunAt).toEqual([0, 120, 240]);
    await sweeping.stop();
  });

  it("overlaps by half of a short interval", async () => {
    const { clock, begunAt, sweeping } = await setUp([], { intervalMs: 4_000 });
    await clock.advance("15s");
    expect(begunAt).toEqual([0, 6, 10, 14]);
    await sweeping.stop();
  });

  it.each<[string, Step]>([
    ["another one is at work", "held"],
    ["it ended early", "truncated"],
  ])("tries again after five seconds if %s", async (_, step) => {
    const { clock, begunAt, sweeping } = await setUp([step, step]);
    await clock.advance("1m");
    expect(begunAt).toEqual([0, 5, 10]);
    await sweeping.stop();
  });

  it("tries again after half of a short interval", async () => {
    const { clock, begunAt, sweeping } = await setUp(["held", "held"], { intervalMs: 4_000 });
    await clock.advance("5s");
    expect(begunAt).toEqual([0, 2, 4]);
    await sweeping.stop();
  });

  it("tries again with pauses that double to half a minute while the store does not answer", async () => {
    const outage = storeError("unavailable", "list");
    const { clock, begunAt, sweeping } = await setUp([...Array(6).fill(outage), "held", outage]);
    await clock.advance("2m");
    expect(begunAt).toEqual([0, 5, 15, 35, 65, 95]);
    expect(sweeping.trouble).toEqual({ error: outage, since: new Date(NOON) });
    await clock.advance("5s");
    expect(sweeping.trouble).toBeUndefined();
    await clock.advance("25s");
    expect(begunAt.slice(6)).toEqual([125, 130, 135]); // after an answer the pauses start at the shortest
    await sweeping.stop();
  });

  it.each(["denied", "unauthenticated", "no-such-bucket", "not-supported", "unexpected"] as const)(
    "ends with %s at first, and goes on through it once the store has answered",
    async (code) => {
      const error = storeError(code, "list");
      const first = await setUp([storeError("unavailable", "list"), error]);
      const ended = expect(first.sweeping.done).rejects.toBe(error);
      await first.clock.advance("10m");
      await ended;
      expect(first.begunAt).toEqual([0, 5]);
      await first.sweeping.stop(); // which throws nothing

      const later = await setUp(["held", error, error, "whole"]);
      await later.clock.advance("12s");
      expect(later.sweeping.trouble).toMatchObject({ error });
      await later.clock.advance("2m");
      expect(later.begunAt.slice(0, 4)).toEqual([0, 5, 10, 20]);
      expect(later.sweeping.trouble).toBeUndefined();
      await later.sweeping.stop();
      await later.sweeping.done;
    },
  );

  it("ends with an error that is not the store's at any time", async () => {
    const mistake = new TypeError("x is not a function");
    const { clock, begunAt, sweeping } = await setUp(["held", mistake]);
    const ended = expect(sweeping.done).rejects.toBe(mistake);
    await clock.advance("10m");
    await ended;
    expect(begunAt).toEqual([0, 5]);
  });

  it("ends immediately when it is stopped in the pause after a failure", async () => {
    const { clock, sweeping } = await setUp([storeError("unavailable", "list")]);
    await clock.advance("1s");
    await sweeping.stop();
    await sweeping.done;
    expect(clock.sleepers).toBe(0);
  });

  it("resolves when it is stopped by stop(), its signal or its disposal", async () => {
    for (const how of ["stop", "signal", "dispose"]) {
      const { clock, abort, sweeping } = await setUp([]);
      await clock.advance("10s");
      if (how === "signal") abort.abort();
      else if (how === "stop") void sweeping.stop();
      else void sweeping[Symbol.asyncDispose]();
      await expect(sweeping.done).resolves.toBeUndefined();
    }
  });

  it("ends immediately on a clock that ignores its signal", async () => {
    for (const step of ["whole", "held"] as const) {
      const { clock, sweeping } = await setUp([step], { isDeaf: true });
      await clock.advance("1s");
      await sweeping.stop();
    }
  });

  it("resolves though the sweep in progress fails with the abort", async () => {
    const clock = manualClock(NOON);
    const sweep = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(storeError("denied", "list")));
      });
    const sweeping = startSweeping({
      clock,
      intervalMs: 60_000,
      hasLease: true,
      signal: undefined,
      sweep,
    });
    await clock.advance("1s");
    await sweeping.stop();
    await expect(sweeping.done).resolves.toBeUndefined();
  });
});

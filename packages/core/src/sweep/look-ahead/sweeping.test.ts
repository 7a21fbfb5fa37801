import { describe, expect, it } from "vitest";
import { NOON, storeError, sweeperOf, testHome } from "../../test-support/test-home.js";
import { manualClock } from "../../testing/manual-clock.js";
import type { SweepReport } from "../reporting/sweep-report.js";
import { startSweeping } from "./sweeping.js";

type Step = "whole" | "held" | "truncated" | Error;

/** Sweeping whose sweeps end as they are told, each when its range does; tells the seconds at which they begin. */
async function setUp(
  steps: readonly Step[],
  options: { intervalMs?: number; isDeaf?: boolean } = {},
) {
  const whole = await sweeperOf(testHome()).sweep();
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
  const { intervalMs = 60_000 } = options;
  const begunAt: number[] = [];
  const left = [...steps];
  const abort = new AbortController();
  const sweeping = startSweeping({
    clock: options.isDeaf ? { ...clock, sleep: (ms) => clock.sleep(ms) } : clock,
    intervalMs,
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
  it("begins each sweep five seconds before the last one's range ends", async () => {
    const { clock, begunAt, sweeping } = await setUp([]);
    await clock.advance("5m");
    expect(begunAt).toEqual([0, 115, 175, 235, 295]);
    await sweeping.stop();
    await sweeping.done;
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
    ["the store didn't answer", storeError("unavailable", "list")],
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

  it.each([storeError("denied", "list"), new TypeError("x is not a function")])(
    "ends with what can't be helped: %s",
    async (error) => {
      const { clock, begunAt, sweeping } = await setUp(["held", error]);
      const ended = expect(sweeping.done).rejects.toBe(error);
      await clock.advance("10m");
      await ended;
      expect(begunAt).toEqual([0, 5]);
      await sweeping.stop(); // which throws nothing
    },
  );

  it("ends well when it is stopped, by its signal too, whatever the sweep under way makes of it", async () => {
    for (const how of ["stop", "signal", "dispose"]) {
      const { clock, abort, sweeping } = await setUp([]);
      await clock.advance("10s");
      if (how === "signal") abort.abort();
      else if (how === "stop") void sweeping.stop();
      else void sweeping[Symbol.asyncDispose]();
      await expect(sweeping.done).resolves.toBeUndefined();
    }
  });

  it("ends at once on a clock that passes over its signal", async () => {
    for (const step of ["whole", "held"] as const) {
      const { clock, sweeping } = await setUp([step], { isDeaf: true });
      await clock.advance("1s");
      await sweeping.stop();
    }
  });

  it("ends well though the sweep under way fails with the abort", async () => {
    const clock = manualClock(NOON);
    const sweep = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(storeError("denied", "list")));
      });
    const sweeping = startSweeping({ clock, intervalMs: 60_000, signal: undefined, sweep });
    await clock.advance("1s");
    await sweeping.stop();
    await expect(sweeping.done).resolves.toBeUndefined();
  });
});

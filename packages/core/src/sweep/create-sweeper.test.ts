import { describe, expect, it } from "vitest";
import { testSchedule } from "../test-support/test-schedule.js";
import {
  createSweeper,
  type StartOptions,
  type SweeperOptions,
  type SweepOptions,
} from "./create-sweeper.js";

const sweeper = (options: Partial<SweeperOptions> = {}) =>
  createSweeper({ ...testSchedule(), allowTargets: ["*"], ...options });
const refusal = (message: string) =>
  expect.objectContaining({ code: "invalid-option", message: expect.stringContaining(message) });

describe("createSweeper()", () => {
  it.each<[Partial<SweeperOptions>, string]>([
    [{ concurrency: 0 }, "concurrency must be a whole number of at least 1 (got 0)."],
    [{ concurrency: 1.5 }, "concurrency must be a whole number of at least 1 (got 1.5)."],
    [Object.fromEntries([["concurrency", "5"]]), '(got "5")'],
    [
      Object.fromEntries([["observe", "x"]]),
      'observe must be a function that takes each event: (event) => … (got "x")',
    ],
    [Object.fromEntries([["observe", {}]]), "(got an object)"],
    [Object.fromEntries([["owner", 5]]), "owner must be a non-empty string (got 5)"],
    [{ owner: "" }, 'owner must be a non-empty string (got "")'],
    [{ leaseDuration: "9999ms" }, "leaseDuration must be from 10s to 60s (got 9999ms)"],
    [{ leaseDuration: "60001ms" }, "leaseDuration must be from 10s to 60s (got 60001ms)"],
    [{ allowTargets: [] }, "allowTargets is empty"],
    [{ allowTargets: ["out/*.json"] }, 'Write "out/*".'],
    [Object.fromEntries([["maxage", "1h"]]), 'no option "maxage". Did you mean "maxAge"?'],
    [Object.fromEntries([["wakeUps", null]]), "wakeUps must be what recurringWakeUps()"],
  ])("refuses %j before anything is sent", (options, message) => {
    expect(() => sweeper(options)).toThrow(refusal(message));
  });

  it.each<Partial<SweeperOptions>>([
    { concurrency: 1 },
    { leaseDuration: "10s" },
    { leaseDuration: "60s" },
    { maxAge: "0s", owner: "host", observe: () => {} },
  ])("takes %j", (options) => {
    expect(() => sweeper(options)).not.toThrow();
  });
});

describe("sweep()", () => {
  it.each<[SweepOptions, string]>([
    [{ lookAhead: "1m", poll: "99ms" }, "poll must be at least 100ms (got 99ms)."],
    [{ lookAhead: "1999ms" }, "lookAhead must be between 2s and 1h (got 1999ms)."],
    [{ lookAhead: "3600001ms" }, "lookAhead must be between 2s and 1h (got 3600001ms)."],
    [
      { shard: { index: 0, count: 2 } },
      "shard must have an index from 1 to its count, both whole numbers (got index 0, count 2).",
    ],
    [{ shard: { index: 3, count: 2 } }, "(got index 3, count 2)"],
    [{ shard: { index: 1.5, count: 2 } }, "(got index 1.5, count 2)"],
    [{ shard: { index: 1, count: 2.5 } }, "(got index 1, count 2.5)"],
    [Object.fromEntries([["lookahead", "1m"]]), 'sweep() has no option "lookahead". Did you'],
  ])("refuses %j", async (call, message) => {
    await expect(sweeper().sweep(call)).rejects.toThrow(refusal(message));
  });

  it("takes every option that it knows, at its limits", async () => {
    const { signal } = new AbortController();
    const call = {
      signal,
      deadline: "2026-12-25T00:00Z",
      whenHeld: "leave",
      dryRun: true,
    } as const;
    const limits = { lookAhead: "2s", poll: "100ms", shard: { index: 2, count: 2 } } as const;
    for (const lookAhead of ["2s", "1h"] as const) {
      const report = await sweeper().sweep({ ...call, ...limits, lookAhead });
      expect(report).toMatchObject({ outcome: "swept", dryRun: true });
    }
  });
});

describe("start()", () => {
  it("takes every option that it knows, at its limits", async () => {
    const { signal } = new AbortController();
    for (const every of ["2s", "1h"] as const) {
      const call = { signal, every, poll: "100ms", shard: { index: 1, count: 1 } } as const;
      await sweeper().start(call).stop();
    }
  });

  it.each<[StartOptions, string]>([
    [{ every: "1s" }, "every must be between 2s and 1h (got 1s)."],
    [{ poll: "99ms" }, "poll must be at least 100ms (got 99ms)."],
    [{ shard: { index: 2, count: 1 } }, "(got index 2, count 1)"],
    [Object.fromEntries([["lookAhead", "1m"]]), 'start() has no option "lookAhead"'],
  ])("refuses %j", (options, message) => {
    expect(() => sweeper().start(options)).toThrow(refusal(message));
  });
});

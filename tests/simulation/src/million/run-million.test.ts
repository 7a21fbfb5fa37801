import { describe, expect, it } from "vitest";
import { loadCore } from "../core-under-test.js";
import { type Outcome, runMillion, type Setup } from "./run-million.js";
import { scalePlot } from "./scale-plot.js";
import { scaleTable } from "./scale-table.js";

const core = await loadCore();
const SMALL: Setup = {
  events: 20_000,
  shards: 1,
  targets: "own",
  concurrency: 512,
  queueMs: 50,
  seed: 7,
};
const shareOf = ({ settledPerSecond, limitPerSecond }: Outcome) =>
  settledPerSecond / limitPerSecond;

describe("many events at one instant", () => {
  it("settles within 10 % of what one partition allows, with hardly a 503", async () => {
    const outcome = await runMillion(core, SMALL);
    expect(shareOf(outcome)).toBeGreaterThan(0.9);
    expect(shareOf(outcome)).toBeLessThan(1.01);
    expect(outcome.slowDowns).toBeLessThan(0.01 * SMALL.events);
    expect(outcome).toMatchObject({ left: 0, repeats: 0 });
    expect(outcome.requests.copy).toBeLessThan(1.01 * SMALL.events);
  });

  it("settles there too if the store lets hardly anything wait", async () => {
    const outcome = await runMillion(core, { ...SMALL, queueMs: 15 });
    expect(shareOf(outcome)).toBeGreaterThan(0.85);
    expect(outcome.slowDowns).toBeLessThan(0.01 * SMALL.events);
    expect(outcome.left).toBe(0);
  });

  it("shares one target partition between eight sweepers without a storm", async () => {
    const outcome = await runMillion(core, { ...SMALL, shards: 8, targets: "one" });
    expect(shareOf(outcome)).toBeGreaterThan(0.9);
    expect(outcome.slowDowns).toBeLessThan(0.06 * SMALL.events);
    expect(outcome).toMatchObject({ left: 0, repeats: 0 });
  });

  it("drains four partitions four times as fast", async () => {
    const four = await runMillion(core, { ...SMALL, events: 40_000, shards: 4 });
    expect(four.settledPerSecond).toBeGreaterThan(2.8 * 3_500);
    expect(four.left).toBe(0);
  });

  it("meets one partition after the other if events of one instant sort by their targets", async () => {
    const sorted = await runMillion(core, { ...SMALL, shards: 4, targets: "sorted" });
    const mixed = await runMillion(core, { ...SMALL, shards: 4, targets: "mixed" });
    expect(sorted.drainedMs).toBeGreaterThan(1.5 * mixed.drainedMs);
  });

  it("comes out the same for the same seed", async () => {
    const setup = { ...SMALL, events: 3_000 };
    expect(await runMillion(core, setup)).toEqual(await runMillion(core, setup));
  });

  it("shows a row and a point for each setup", async () => {
    const outcome = await runMillion(core, { ...SMALL, events: 3_000 });
    expect(scaleTable([outcome])).toMatch(/\| 1 \| 512 \| a partition for each shard \| .* s \|/);
    expect(scalePlot([outcome])).toContain('<circle cx="100"');
  });
});

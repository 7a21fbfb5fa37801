import { describe, expect, it } from "vitest";
import { createSweeper } from "../sweep/create-sweeper.js";
import { testSchedule } from "../test-support/test-schedule.js";
import { activeSweepers } from "./active-sweepers.js";

describe("activeSweepers()", () => {
  it("names who holds the lease, until it is let go", async () => {
    const home = testSchedule();
    expect(await activeSweepers(home)).toEqual([]);
    const sweeper = createSweeper({ ...home, allowTargets: ["*"], owner: "web-1" });
    const sweeping = sweeper.start({ every: "1m" });
    await home.clock.advance("1s");
    const [active, ...others] = (await activeSweepers(home)) ?? [];
    expect(others).toEqual([]);
    expect(active?.owner).toMatch(/^web-1/);
    expect(active?.until.getTime()).toBeGreaterThan(home.clock.now());
    const stopped = sweeping.stop();
    await home.clock.advance("5s");
    await stopped;
    expect(await activeSweepers(home)).toEqual([]);
  });

  it("is undefined where there can't be a lease", async () => {
    expect(await activeSweepers(testSchedule({ clock: "none" }))).toBeUndefined();
  });
});

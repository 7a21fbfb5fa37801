import { expect, it } from "vitest";
import { createSweeper } from "../sweep/create-sweeper.js";
import { testSchedule } from "../test-support/test-schedule.js";
import { activeSweepers } from "./active-sweepers.js";

it("names the sweepers that hold the lease, until they release it", async () => {
  const schedule = testSchedule();
  expect(await activeSweepers(schedule)).toEqual([]);
  const sweeper = createSweeper({ ...schedule, allowTargets: ["*"], owner: "web-1" });
  const sweeping = sweeper.start({ every: "1m" });
  await schedule.clock.advance("1s");
  const [active, ...others] = (await activeSweepers(schedule)) ?? [];
  expect(others).toEqual([]);
  expect(active?.owner).toMatch(/^web-1/);
  expect(active?.until.getTime()).toBeGreaterThan(schedule.clock.now());
  const stopped = sweeping.stop();
  await schedule.clock.advance("5s");
  await stopped;
  expect(await activeSweepers(schedule)).toEqual([]);
});

it("returns undefined for a store that can't have a lease", async () => {
  expect(await activeSweepers(testSchedule({ clock: "none" }))).toBeUndefined();
});

import { describe, expect, it } from "vitest";
import { DAILY, recurringSchedule } from "../testing/recurring-schedule.js";
import { upcomingOccurrences } from "./upcoming-occurrences.js";

describe("upcomingOccurrences()", () => {
  it.each([{}, { window: "10m" }] as const)(
    "are those that sweeps deliver one after another, with %j",
    async (window) => {
      const { schedules, sweepAt } = recurringSchedule();
      await schedules.put("daily", { ...DAILY, ...window, until: "2026-12-27T08:00:00Z" });
      const info = await schedules.get("daily");
      const upcoming = info === undefined ? [] : upcomingOccurrences(info);
      expect(upcoming).toHaveLength(4);
      for (const occurrence of upcoming) {
        expect((await schedules.get("daily"))?.next).toEqual(occurrence);
        await sweepAt(new Date(occurrence.at.getTime() + 1_000).toISOString());
      }
      expect(await schedules.get("daily")).toMatchObject({ state: "ended" });
    },
  );

  it("are as many as are asked for, and none while the schedule is paused", async () => {
    const { schedules } = recurringSchedule();
    await schedules.put("daily", DAILY);
    const active = await schedules.get("daily");
    expect(active && upcomingOccurrences(active, 20)).toHaveLength(20);
    await schedules.pause("daily");
    const paused = await schedules.get("daily");
    expect(paused && upcomingOccurrences(paused)).toEqual([]);
  });

  it("leave out the start of a schedule whose writer can't compute occurrences", () => {
    const at = new Date("2026-12-24T07:30:00Z");
    const next = { at, occurrence: "start" };
    const rule = { cron: "0 9 * * *" };
    const started = { name: "daily", rule, next, until: undefined, windowMs: 0 };
    expect(upcomingOccurrences(started, 1)).toEqual([
      { at: new Date("2026-12-24T09:00:00Z"), occurrence: "2026-12-24T09:00" },
    ]);
  });
});

import { describe, expect, it } from "vitest";
import type { SchedulesAnswer } from "../api/schedules.js";
import { useDemo } from "../testing/start-demo.js";

const demo = useDemo();

describe("GET /api/schedules", () => {
  it("shows recurring schedules with their next five occurrences", async () => {
    const schedules = demo.schedulesAt(new Date());
    const to = { bucket: "reports", key: "daily.json" };
    expect(await demo.call("/api/schedules")).toEqual({ schedules: [], isMore: false });
    const timeZone = "Europe/Berlin";
    const { next } = await schedules.put("daily", { cron: "0 9 * * *", timeZone, to, body: "x" });
    await schedules.put("hourly", { every: "1h", to, body: "x" });
    await schedules.pause("hourly");
    const { schedules: shown } = await demo.call<SchedulesAnswer>("/api/schedules");
    expect(shown).toEqual([
      { name: "daily", state: "active", rule: "0 9 * * *", timeZone, to, next: expect.any(Array) },
      { name: "hourly", state: "paused", rule: "1h", to, next: [] },
    ]);
    expect(shown[0]?.next).toHaveLength(5);
    expect(shown[0]?.next[0]).toBe(next?.at.toISOString());
  });
});

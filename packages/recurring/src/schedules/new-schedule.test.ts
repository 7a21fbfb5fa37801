import { describe, expect, it } from "vitest";
import { DAILY, recurringSchedule } from "../testing/recurring-schedule.js";

describe("a new schedule", () => {
  it("refuses a name with which a wake-up could not be stored", async () => {
    const { schedules, stored } = recurringSchedule();
    const to = { bucket: "out", key: "k" };
    const longest = 1_015 - "keywhen/pending/2026-12-24T08:00:00.000Z|out|k|@".length - 24;
    const tooLong = "n".repeat(longest + 1);
    await expect(schedules.put(tooLong, { ...DAILY, to })).rejects.toMatchObject({
      code: "key-too-long",
    });
    expect(await stored()).toEqual([]);
    const every = { every: "1h", to, body: "x" };
    expect(await schedules.put("n".repeat(longest), every)).toMatchObject({ outcome: "created" });
  });
});

import { describe, expect, it } from "vitest";
import { DAILY, passingTime, recurringSchedule } from "../testing/recurring-schedule.js";
import { examineSchedules, repairSchedule } from "./examine-schedules.js";

const NEXT = { at: new Date("2026-12-24T08:00Z"), occurrence: "2026-12-24T09:00" };
const LARGE = { cron: DAILY.cron, to: DAILY.to, body: "x".repeat(20_000) };

/** A location with the schedule `daily`, and what an examination of it finds. */
async function withDaily(given: Parameters<typeof put>[1] = DAILY) {
  const recurring = recurringSchedule();
  const { location, clock, memory, stored } = recurring;
  await put(recurring, given);
  return {
    ...recurring,
    examine: () => passingTime(clock, all(examineSchedules(location))),
    repair: () => repairSchedule(location, "daily"),
    /** Deletes what is stored under a prefix. */
    async lose(prefix: string) {
      const keys = (await stored()).filter((key) => key.startsWith(prefix));
      const lost = keys.map((key) => `keywhen/${key}`);
      await memory.delete("schedule", lost);
    },
    write: (name: string, text: string) =>
      memory.put(
        { bucket: "schedule", key: `keywhen/schedules/${name}` },
        new TextEncoder().encode(text),
      ),
  };
}

function put(
  { schedules }: ReturnType<typeof recurringSchedule>,
  given: Parameters<typeof schedules.put>[1],
) {
  return schedules.put("daily", given);
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe("examineSchedules", () => {
  it("finds nothing wrong with an active, a paused and a deleted schedule", async () => {
    const { schedules, examine } = await withDaily();
    await schedules.put("off", DAILY);
    await schedules.pause("off");
    await schedules.put("old", DAILY);
    await schedules.delete("old");
    expect(await examine()).toEqual([
      { name: "daily", next: NEXT, problem: undefined },
      { name: "off", next: undefined, problem: undefined },
    ]);
  });

  it("finds an active schedule whose wake-up is missing", async () => {
    const { examine, lose } = await withDaily();
    await lose("pending/");
    expect(await examine()).toEqual([{ name: "daily", next: NEXT, problem: "unarmed" }]);
  });

  it("looks again when the schedule goes on in the meantime", async () => {
    const { examine, lose, schedules } = await withDaily();
    await lose("pending/");
    const found = examine();
    await schedules.put("daily", { ...DAILY, json: { report: "new" } });
    expect(await found).toEqual([{ name: "daily", next: NEXT, problem: undefined }]);
  });

  it("finds a wake-up that no sweeper completes", async () => {
    const { examine, clock } = await withDaily();
    clock.set("2026-12-24T08:15:00Z");
    expect(await examine()).toMatchObject([{ problem: undefined }]);
    clock.set("2026-12-24T08:15:01Z");
    expect(await examine()).toMatchObject([{ problem: "stale" }]);
  });

  it("finds an occurrence that a wrong clock has set far ahead, until the schedule is deleted and put again", async () => {
    const { examine, clock, schedules } = await withDaily();
    await schedules.delete("daily");
    clock.set("2030-01-01T00:00:00Z");
    await schedules.put("daily", DAILY);
    clock.set("2026-12-24T07:00:00Z");
    expect(await examine()).toMatchObject([{ problem: "far-ahead" }]);
    await schedules.delete("daily");
    await schedules.put("daily", DAILY);
    expect(await examine()).toEqual([{ name: "daily", next: NEXT, problem: undefined }]);
  });

  it("finds nothing wrong with occurrences that were skipped", async () => {
    const { examine, schedules } = await withDaily();
    await schedules.skip("daily");
    await schedules.skip("daily");
    const at = new Date("2026-12-26T08:00Z");
    expect(await examine()).toMatchObject([{ next: { at }, problem: undefined }]);
  });

  it("finds nothing wrong with an occurrence that came too soon for the rule to change it", async () => {
    const { examine, clock, schedules } = await withDaily();
    clock.set("2026-12-24T07:59:58Z");
    await schedules.put("daily", { ...DAILY, cron: "* * * * *" });
    expect(await examine()).toEqual([{ name: "daily", next: NEXT, problem: undefined }]);
  });

  it("finds a body that is missing", async () => {
    const { examine, lose, repair } = await withDaily(LARGE);
    expect(await examine()).toMatchObject([{ problem: undefined }]);
    await lose("payloads/");
    expect(await examine()).toMatchObject([{ problem: "no-body" }]);
    await lose("pending/");
    expect(await examine()).toMatchObject([{ problem: "no-body" }]);
    expect(await repair()).toEqual({ outcome: "no-body" });
  });

  it("finds a definition that it can't read, and leaves out what has no schedule's name", async () => {
    const { examine, write, repair } = await withDaily();
    await write("daily", '{"version":2}');
    await write("%61", "{}");
    expect(await examine()).toEqual([{ name: "daily", next: undefined, problem: "unreadable" }]);
    expect(await repair()).toEqual({ outcome: "unreadable" });
  });
});

describe("repairSchedule", () => {
  it("stores a missing wake-up, which is then delivered", async () => {
    const { repair, lose, waiting, sweepAt } = await withDaily();
    const before = await waiting();
    expect(await repair()).toEqual({ outcome: "unchanged" });
    await lose("pending/");
    expect(await repair()).toEqual({ outcome: "repaired" });
    expect(await waiting()).toEqual(before);
    expect(await sweepAt("2026-12-24T08:00:10Z")).toMatchObject({ delivered: 1 });
  });

  it("stores the wake-up of an occurrence that was missed, and finds one that was delivered", async () => {
    const { repair, lose, sweepAt, delivered } = await withDaily();
    await lose("pending/");
    expect(await sweepAt("2026-12-24T09:00:00Z")).toMatchObject({ due: 0 });
    expect(await repair()).toEqual({ outcome: "repaired" });
    expect(await sweepAt("2026-12-24T09:01:00Z")).toMatchObject({ delivered: 1 });
    expect(await delivered()).toEqual(["report-2026-12-24T09:00"]);
  });

  it("stores nothing for a schedule that is paused, deleted or unknown", async () => {
    const { repair, schedules, waiting, location } = await withDaily();
    await schedules.pause("daily");
    expect(await repair()).toEqual({ outcome: "unchanged" });
    await schedules.delete("daily");
    expect(await repair()).toEqual({ outcome: "not-found" });
    expect(await repairSchedule(location, "none")).toEqual({ outcome: "not-found" });
    expect(await waiting()).toEqual([]);
  });
});

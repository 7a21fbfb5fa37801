import { ObjectStoreError, type StoreRequest } from "@keywhen/core/store";
import { faultyStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import { DAILY, passingTime, recurringSchedule } from "../testing/recurring-schedule.js";

const { json: _, ...WITHOUT_BODY } = DAILY;
const LARGE = { ...WITHOUT_BODY, body: "x".repeat(20_000) };
const OTHER_LARGE = { ...WITHOUT_BODY, body: "y".repeat(20_000) };

const lost = () =>
  new ObjectStoreError({
    ...{ code: "unavailable", operation: "put", bucket: "b", key: "k", message: "lost" },
  });

const isDefinition = ({ kind, key = "" }: StoreRequest) =>
  kind === "put" && key.includes("schedules/daily");

/** Schedules whose requests fail as `faults` says, while `isOn`. */
function unlucky(faults: Parameters<typeof faultyStore>[1]) {
  const luck = { isOn: false };
  const schedule = recurringSchedule((store) =>
    faultyStore(store, {
      before: (request) => (luck.isOn ? faults.before?.(request) : undefined),
      after: (request) => (luck.isOn ? faults.after?.(request) : undefined),
    }),
  );
  const { memory, schedules, sweepAt, stored } = schedule;
  const payloads = async () => (await stored()).filter((key) => key.startsWith("payloads/"));
  return { ...schedule, memory, schedules, sweepAt, luck, payloads };
}

describe("a put of a large body", () => {
  it("keeps its body if a repeat finds the schedule stored, and changed by another writer", async () => {
    const world = unlucky({
      after: (request) => {
        if (!isDefinition(request)) return undefined;
        world.luck.isOn = false;
        paused = world.schedules.pause("daily");
        return lost();
      },
    });
    let paused: Promise<unknown> | undefined;
    const { schedules, clock, luck, payloads, sweepAt } = world;
    luck.isOn = true;
    const put = await passingTime(clock, schedules.put("daily", LARGE));
    await paused;
    expect(put.outcome).toBe("unchanged");
    expect(await payloads()).toHaveLength(1);
    await schedules.resume("daily");
    expect(await sweepAt("2026-12-24T08:00:10Z")).toMatchObject({ delivered: 1, errors: [] });
  });

  it("stores its body again if another writer has replaced the schedule, and removed the body", async () => {
    const world = unlucky({
      after: (request) => {
        if (!isDefinition(request)) return undefined;
        world.luck.isOn = false;
        replaced = world.schedules.put("daily", OTHER_LARGE);
        return lost();
      },
    });
    let replaced: Promise<unknown> | undefined;
    const { schedules, clock, luck, payloads, sweepAt } = world;
    luck.isOn = true;
    const put = await passingTime(clock, schedules.put("daily", LARGE));
    await replaced;
    expect(put.outcome).toBe("updated");
    expect(await payloads()).toHaveLength(1);
    expect(await sweepAt("2026-12-24T08:00:10Z")).toMatchObject({ delivered: 1, errors: [] });
  });
});

describe("a writer whose machine sleeps, or whose clock is set", () => {
  it("reads the store's time again, and puts a new guard", async () => {
    const asleep = ["2026-12-24T07:10:00Z"];
    const world = unlucky({
      after: ({ kind, key = "" }) => {
        const wokeAt = kind === "put" && key.includes("@check~") ? asleep.pop() : undefined;
        if (wokeAt !== undefined) world.clock.set(wokeAt);
        return undefined;
      },
    });
    const { schedules, luck, sweepAt } = world;
    luck.isOn = true;
    await schedules.put("daily", { ...DAILY, cron: "30 8 * * *" });
    expect((await schedules.get("daily"))?.next?.occurrence).toBe("2026-12-24T08:30");
    expect(await sweepAt("2026-12-24T07:30:10Z")).toMatchObject({ delivered: 1 });
  });
});

describe("a skip", () => {
  it("skips no second occurrence if a sweeper delivers the first one in the meantime", async () => {
    let isWriting = false;
    const world = recurringSchedule((store) => ({
      ...store,
      async put(ref, body, options) {
        if (isWriting && ref.key.includes("schedules/daily")) {
          isWriting = false;
          await world.sweepAt("2026-12-24T08:00:10Z");
        }
        return store.put(ref, body, options);
      },
    }));
    const { schedules, clock, delivered } = world;
    await schedules.put("daily", DAILY);
    clock.set("2026-12-24T07:59:55Z");
    isWriting = true;
    const skipped = await passingTime(clock, schedules.skip("daily"));
    expect(skipped).toMatchObject({
      outcome: "too-late",
      underWay: { occurrence: "2026-12-24T09:00" },
      next: { occurrence: "2026-12-25T09:00" },
    });
    expect(await delivered()).toHaveLength(1);
  });
});

describe("a large body that was deleted by hand", () => {
  const loseBody = async (world: ReturnType<typeof unlucky>) => {
    const [object = ""] = await world.payloads();
    await world.memory.delete("schedule", [`keywhen/${object}`]);
  };

  it("is stored again by a put of the same content", async () => {
    const world = unlucky({});
    const { schedules, payloads, sweepAt } = world;
    await schedules.put("daily", LARGE);
    await loseBody(world);
    expect(await schedules.put("daily", LARGE)).toMatchObject({ outcome: "updated" });
    expect(await payloads()).toHaveLength(1);
    await sweepAt("2026-12-24T08:00:10Z");
    expect(await sweepAt("2026-12-25T08:00:10Z")).toMatchObject({ delivered: 1, errors: [] });
  });

  it("is named by a sweep that can't store the next wake-up, and by a resume", async () => {
    const world = unlucky({});
    const { schedules, clock, sweepAt } = world;
    await schedules.put("daily", LARGE);
    await loseBody(world);
    const report = await sweepAt("2026-12-24T08:00:10Z");
    expect(report).toMatchObject({ delivered: 0, undecided: 1 });
    expect(report.errors[0]?.message).toContain("the body of the schedule is missing: put");
    await schedules.pause("daily");
    const resumed = passingTime(clock, schedules.resume("daily"));
    await expect(resumed).rejects.toThrow("put the schedule again");
  });
});

describe("a trigger", () => {
  it("sends a large body as bytes, so that the request has a time limit", async () => {
    const sizes: (number | undefined)[] = [];
    const { schedules, luck, sweepAt } = unlucky({
      before: ({ kind, key = "", sizeBytes }) => {
        if (kind === "put" && key.includes("/pending/")) sizes.push(sizeBytes);
        return undefined;
      },
    });
    await schedules.put("daily", LARGE);
    luck.isOn = true;
    await schedules.trigger("daily");
    expect(sizes).toEqual([20_000]);
    expect(await sweepAt("2026-12-24T07:01:10Z")).toMatchObject({ delivered: 1 });
  });

  it("takes the newest body of the schedule if another writer replaces it", async () => {
    let replaced: Promise<unknown> | undefined;
    const world = unlucky({
      before: ({ kind, key = "" }) => {
        if (kind !== "get" || !key.includes("payloads/")) return undefined;
        world.luck.isOn = false;
        void world.memory.delete("schedule", [key]);
        replaced = world.schedules.put("daily", OTHER_LARGE);
        return undefined;
      },
    });
    const { schedules, luck, sweepAt, memory } = world;
    await schedules.put("daily", LARGE);
    luck.isOn = true;
    await schedules.trigger("daily").catch(() => undefined);
    await replaced;
    await sweepAt("2026-12-24T07:01:10Z");
    const { objects } = await memory.list({ bucket: "out" });
    expect(objects.every(({ size }) => size === 20_000)).toBe(true);
  });

  it("says that the schedule's body is missing", async () => {
    const { schedules, payloads, memory } = unlucky({});
    await schedules.put("daily", LARGE);
    const keys = (await payloads()).map((key) => `keywhen/${key}`);
    await memory.delete("schedule", keys);
    await expect(schedules.trigger("daily")).rejects.toThrow("the body of the schedule is missing");
  });
});

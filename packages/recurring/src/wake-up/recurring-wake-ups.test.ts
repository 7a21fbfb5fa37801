import { createSweeper } from "@keywhen/core";
import type { Destination } from "@keywhen/core/destination";
import { ObjectStoreError } from "@keywhen/core/store";
import { faultyStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import type { Schedules } from "../schedules/create-schedules.js";
import { DAILY, MINUTELY, passingTime, recurringSchedule } from "../testing/recurring-schedule.js";
import { recurringWakeUps } from "./recurring-wake-ups.js";

const throttled = () =>
  new ObjectStoreError({
    code: "throttled",
    operation: "put",
    bucket: "b",
    key: "k",
    message: "slow",
  });

describe("a sweeper that completes wake-ups", () => {
  it("delivers each occurrence once, with its names", async () => {
    const { schedules, sweepAt, memory, delivered } = recurringSchedule();
    await schedules.put("daily", DAILY);
    expect(await sweepAt("2026-12-24T07:59:59Z")).toMatchObject({ due: 0 });
    expect(await sweepAt("2026-12-24T08:00:30Z")).toMatchObject({ delivered: 1, errors: [] });
    expect(await sweepAt("2026-12-24T08:01:30Z")).toMatchObject({ due: 0 });
    expect(await sweepAt("2026-12-25T08:00:30Z")).toMatchObject({ delivered: 1 });
    expect(await delivered()).toEqual(["report-2026-12-24T09:00", "report-2026-12-25T09:00"]);
    const info = await memory.head({ bucket: "out", key: "report-2026-12-24T09:00" });
    expect(info?.metadata).toEqual({
      "keywhen-id": "daily@2026-12-24T09:00",
      "keywhen-at": "2026-12-24T08:00:00.000Z",
      "keywhen-occurrence": "2026-12-24T09:00",
    });
  });

  it("needs a GET, a COPY, two PUTs and a DELETE for an occurrence, besides its lease", async () => {
    const { schedules, sweepAt } = recurringSchedule();
    await schedules.put("daily", DAILY);
    const { requests } = await sweepAt("2026-12-24T08:00:30Z");
    const ofSweep = { get: 3, put: 2 }; // the shard map, and the lease
    expect(requests).toMatchObject({
      list: 1,
      get: ofSweep.get + 1,
      put: ofSweep.put + 2,
      copy: 1,
      delete: 1,
      head: 0,
    });
  });

  it("delivers one occurrence late after an outage, then the newest, which counts the others", async () => {
    const { schedules, sweepAt, memory } = recurringSchedule();
    await schedules.put("minutely", { ...MINUTELY, to: { bucket: "out", key: "{occurrence}" } });
    const report = await sweepAt("2026-12-24T08:00:30Z");
    expect(report).toMatchObject({ delivered: 3, due: 3 });
    const { objects } = await memory.list({ bucket: "out" });
    expect(objects.map(({ key }) => key.slice(11, 16))).toEqual(["07:01", "07:59", "08:00"]);
    const second = await memory.head({ bucket: "out", key: objects[1]?.key ?? "" });
    expect(second?.metadata["keywhen-passed-over"]).toBe("57");
  });

  it("gives a destination the occurrence, and how many were passed over", async () => {
    const { schedules, location, clock } = recurringSchedule();
    const metadata = { user: "ann" };
    await schedules.put("minutely", { ...MINUTELY, to: { bucket: "reports", key: "k" }, metadata });
    clock.set("2026-12-24T08:00:30Z");
    const received: unknown[] = [];
    const reports: Destination = {
      async deliver({ deliveryId, dueAt }, open) {
        received.push({ deliveryId, dueAt, ...(await open()).metadata });
        return { outcome: "delivered" };
      },
    };
    const options = { ...location, destinations: { reports }, wakeUps: recurringWakeUps() };
    await passingTime(clock, createSweeper(options).sweep());
    const occurrence = "2026-12-24T07:59:00.000Z";
    expect(received).toHaveLength(3);
    expect(received[1]).toEqual({
      deliveryId: `minutely@${occurrence}`,
      dueAt: new Date(occurrence),
      ...metadata,
      "keywhen-occurrence": occurrence,
      "keywhen-passed-over": "57",
    });
  });

  it("delivers everything that was missed in one sweep if the schedule asks for it", async () => {
    const { schedules, sweepAt } = recurringSchedule();
    await schedules.put("minutely", { ...MINUTELY, missed: "all" });
    expect(await sweepAt("2026-12-24T08:00:30Z")).toMatchObject({ delivered: 60, due: 60 });
  });

  it("passes over what is too late", async () => {
    const { schedules, sweepAt, delivered } = recurringSchedule();
    await schedules.put("daily", { ...DAILY, missed: "skip" });
    expect(await sweepAt("2026-12-24T08:05:00Z")).toMatchObject({ delivered: 0, passedOver: 1 });
    expect(await sweepAt("2026-12-25T08:01:00Z")).toMatchObject({ delivered: 1 });
    expect(await delivered()).toEqual(["report-2026-12-25T09:00"]);
  });

  /** A world where another writer is faster than a sweeper's write of the definition. */
  function overtakenWorld(write: (schedules: Schedules) => Promise<unknown>) {
    let isChanging = false;
    const world = recurringSchedule((store) => ({
      ...store,
      async put(ref, body, options) {
        if (isChanging && ref.key.includes("schedules/daily")) {
          isChanging = false;
          await write(world.schedules);
        }
        return store.put(ref, body, options);
      },
    }));
    return {
      ...world,
      sweepAt: (instant: string) => {
        isChanging = true;
        return world.sweepAt(instant);
      },
    };
  }

  it("passes over nothing that a new content, stored in the meantime, still delivers", async () => {
    const world = overtakenWorld((schedules) => schedules.put("daily", DAILY));
    await world.schedules.put("daily", { ...DAILY, missed: "skip" });
    await world.sweepAt("2026-12-24T08:05:00Z");
    expect(await world.delivered()).toEqual(["report-2026-12-24T09:00"]);
  });

  it("goes on by one occurrence only, if another writer has gone on in the meantime", async () => {
    const world = overtakenWorld((schedules) => schedules.skip("daily"));
    await world.schedules.put("daily", DAILY);
    await world.sweepAt("2026-12-24T08:00:30Z");
    expect(await world.waiting()).toEqual([expect.stringContaining("2026-12-25T09:00")]);
  });

  it("finds that another wake-up is valid, and stores that if it is missing", async () => {
    const { schedules, sweepAt, memory, waiting } = recurringSchedule();
    await schedules.put("daily", DAILY);
    const [valid = ""] = await waiting();
    const key = `keywhen/pending/${valid}`;
    const old = key.replace(/[g-v]{8}$/, "gggggggg");
    await memory.move?.({ bucket: "schedule", key }, { bucket: "schedule", key: old });
    if (memory.move === undefined) {
      await memory.copy({ bucket: "schedule", key }, { bucket: "schedule", key: old });
      await memory.delete("schedule", [key]);
    }
    expect(await sweepAt("2026-12-24T08:00:30Z")).toMatchObject({ delivered: 1, passedOver: 1 });
    expect((await waiting())[0]).toContain("2026-12-25T09:00");
  });

  it("removes a wake-up of a schedule that is gone", async () => {
    const { schedules, sweepAt, memory, waiting } = recurringSchedule();
    await schedules.put("daily", DAILY);
    await memory.delete("schedule", ["keywhen/schedules/daily"]);
    expect(await sweepAt("2026-12-24T08:00:30Z")).toMatchObject({ delivered: 0, passedOver: 1 });
    expect(await waiting()).toEqual([]);
  });

  it("leaves a wake-up whose definition it can't read, and says why", async () => {
    const { schedules, sweepAt, memory, waiting } = recurringSchedule();
    await schedules.put("daily", DAILY);
    const ref = { bucket: "schedule", key: "keywhen/schedules/daily" };
    await memory.put(ref, new TextEncoder().encode('{"version":2}'));
    const report = await sweepAt("2026-12-24T08:00:30Z");
    expect(report).toMatchObject({ delivered: 0, retrying: 1 });
    expect(report.errors[0]?.message).toContain("update the sweeper");
    expect(await waiting()).toHaveLength(1);
  });

  it("delivers everything else if one schedule has a rule that it can't use", async () => {
    const { schedules, sweepAt, memory, delivered } = recurringSchedule();
    await schedules.put("bad", DAILY);
    await schedules.put("good", { ...DAILY, to: { bucket: "out", key: "good" } });
    const ref = { bucket: "schedule", key: "keywhen/schedules/bad" };
    const stored = await new Response((await memory.get(ref))?.body).text();
    await memory.put(ref, new TextEncoder().encode(stored.replace("Europe/Berlin", "Europe/New")));
    expect(await sweepAt("2026-12-24T08:00:30Z")).toMatchObject({ delivered: 1, retrying: 1 });
    expect(await delivered()).toEqual(["good"]);
  });

  it("delivers nothing twice if it died between the copy and the next wake-up", async () => {
    let isBroken = false;
    const { schedules, sweepAt, delivered } = recurringSchedule((store) =>
      faultyStore(store, {
        before: ({ kind, key }) =>
          isBroken && kind === "put" && key?.includes("schedules/") ? throttled() : undefined,
      }),
    );
    await schedules.put("daily", DAILY);
    isBroken = true;
    expect(await sweepAt("2026-12-24T08:00:30Z")).toMatchObject({ delivered: 0, undecided: 1 });
    isBroken = false;
    const second = await sweepAt("2026-12-24T08:05:00Z");
    expect(second).toMatchObject({ delivered: 0, alreadyDelivered: 1 });
    expect(await delivered()).toEqual(["report-2026-12-24T09:00"]);
    expect(await sweepAt("2026-12-25T08:00:30Z")).toMatchObject({ delivered: 1 });
  });

  it("counts the next occurrence by a clock that no change of the machine's moves", async () => {
    const { schedules, sweepAt, clock } = recurringSchedule((store) =>
      faultyStore(store, {
        after: ({ kind, bucket }) => {
          if (kind === "copy" && bucket === "out") clock.set("2026-12-24T09:01:01Z");
          return undefined;
        },
      }),
    );
    await schedules.put("minutely", MINUTELY);
    await sweepAt("2026-12-24T07:01:01Z");
    expect((await schedules.get("minutely"))?.next?.occurrence).toBe("2026-12-24T07:02:00.000Z");
  });

  it("goes on with the schedule when its target never works", async () => {
    const { schedules, sweepAt, memory } = recurringSchedule((store) =>
      faultyStore(store, {
        before: ({ kind, bucket }) =>
          kind === "copy" && bucket === "out"
            ? new ObjectStoreError({
                code: "denied",
                operation: "copy",
                bucket: "out",
                key: "k",
                message: "no",
              })
            : undefined,
      }),
    );
    await schedules.put("daily", DAILY);
    expect(await sweepAt("2026-12-24T08:00:30Z")).toMatchObject({ retrying: 1 });
    expect(await sweepAt("2026-12-25T08:00:30Z")).toMatchObject({ dead: 1 });
    const { objects } = await memory.list({ bucket: "schedule", prefix: "keywhen/dead/" });
    expect(objects.map(({ key }) => key.split("|")[3])).toEqual(["daily@2026-12-24T09:00"]);
    expect(await schedules.get("daily")).toMatchObject({
      state: "active",
      next: { occurrence: "2026-12-25T09:00" },
    });
  });

  it("looks ahead to each instant, without waiting for another listing", async () => {
    const { schedules, location, delivered } = recurringSchedule();
    await schedules.put("minutely", { ...MINUTELY, to: { bucket: "out", key: "{occurrence}" } });
    const sweeper = createSweeper({
      ...location,
      allowTargets: ["*"],
      wakeUps: recurringWakeUps(),
    });
    const sweep = sweeper.sweep({ lookAhead: "5m", poll: "1h" });
    await location.clock.advance("10m");
    expect(await sweep).toMatchObject({ outcome: "swept", truncated: false });
    expect((await delivered()).length).toBeGreaterThanOrEqual(5);
  });
});

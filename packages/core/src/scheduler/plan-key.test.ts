import { describe, expect, it } from "vitest";
import { createDeadLetters } from "../dead-letters/dead-letters.js";
import { guardedStore } from "../requests/guarded-store.js";
import { countedStore, noRequests } from "../requests/wrap-store.js";
import {
  keysOf,
  NOON,
  type TestSchedule,
  testSchedule,
  writeByHand,
} from "../test-support/test-schedule.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";
import { manualClock } from "../testing/manual-clock.js";
import { createScheduler } from "./create-scheduler.js";
import { pendingKey } from "./plan-key.js";
import type { ScheduleManyEvent } from "./schedule-many.js";

const to = { bucket: "out", key: "k" };

describe("pendingKey()", () => {
  it("uses the given clock and random source", () => {
    const random = (bytes: number) => new Uint8Array(bytes);
    const options = { root: "acme/jobs", clock: manualClock(NOON), random };
    const { key, id } = pendingKey({ in: "1h", to }, options);
    expect(id).toMatch(/^2026-12-24T13:00:00\.000Z\|out\|k\|[0-9a-z]{12}$/);
    expect(key).toBe(`acme/jobs/pending/${id}`);
    expect(pendingKey({ in: "1h", to }, options).id).toBe(id);
    expect(pendingKey({ in: "1h", to }).id).not.toBe(pendingKey({ in: "1h", to }).id);
  });

  it("refuses a chosen delivery id with a duration", () => {
    expect(() => pendingKey({ in: "1h", to, deliveryId: "d" })).toThrow(/needs "at", not "in"/);
  });
});

/** A store that can hold neither a NUL in a key nor a colon in a bucket. */
function choosySchedule(): TestSchedule {
  const schedule = testSchedule();
  const nameProblem = ({ bucket, key }: { bucket: string; key: string }) => {
    if (bucket.includes(":")) return "the bucket contains a colon";
    return key.includes("\0") ? "the key contains a NUL character" : undefined;
  };
  return { ...schedule, store: { ...schedule.store, nameProblem } };
}

const nul = { bucket: "out", key: "a\0b" };
const own = { bucket: "schedule", key: "keywhen/pending/x" };

describe.each([
  ["that the store can't hold", nul, "out|a%00b|x"],
  ["in the schedule's own folder", own, "schedule|keywhen/pending/x|d"],
])("a target %s", (_, target, idEnd) => {
  const refused = { code: "invalid-target" };

  it("is refused by schedule(), which sends nothing", async () => {
    const schedule = choosySchedule();
    const scheduled = createScheduler(schedule).schedule({ in: "1h", to: target });
    await expect(scheduled).rejects.toMatchObject(refused);
    expect(await keysOf(schedule.store, "schedule")).toEqual([]);
  });

  it("is refused by reschedule() and redrive() of an event that another program wrote, which stays", async () => {
    const schedule = choosySchedule();
    const id = `2026-12-24T13:00:00.000Z|${idEnd}`;
    const dead = `keywhen/dead/${id}`;
    await writeByHand(schedule.store, id);
    await schedule.store.put({ bucket: "schedule", key: dead }, new Uint8Array());
    const moved = createScheduler(schedule).reschedule(id, { in: "2h" });
    await expect(moved).rejects.toMatchObject(refused);
    await expect(createDeadLetters(schedule).redrive(id)).rejects.toMatchObject(refused);
    expect(await keysOf(schedule.store, "schedule")).toEqual([dead, `keywhen/pending/${id}`]);
  });

  it("is one failure of scheduleMany(), which stores the rest", async () => {
    const results: ScheduleManyEvent[] = [];
    const batch = createScheduler(choosySchedule()).scheduleMany(
      [target, to].map((one) => ({ in: "1h", to: one }) as const),
      { onResult: (result) => results.push(result) },
    );
    await expect(batch).rejects.toMatchObject({ failed: 1, scheduled: 1 });
    expect(results.find(({ index }) => index === 0)).toMatchObject({ error: refused });
  });
});

describe("a target that a store can hold", () => {
  it("is any other folder, and the schedule's folder in another bucket", async () => {
    const scheduler = createScheduler(choosySchedule());
    const folders = [{ key: "keywhen" }, { key: "keywhen2/pending/x" }];
    for (const other of [{ bucket: "out" }, ...folders]) {
      const scheduled = await scheduler.schedule({ in: "1h", to: { ...own, ...other } });
      expect(scheduled.outcome).toBe("scheduled");
    }
    const colon = scheduler.schedule({ in: "1h", to: { bucket: "a:b", key: "k" } });
    await expect(colon).rejects.toMatchObject({ code: "invalid-target" });
  });

  it("is the same for each wrapper of the store", () => {
    const { store, clock } = choosySchedule();
    const guarded = guardedStore(store, clock);
    const testing = [faultyStore(store, {}), recordingStore(store, () => {})];
    for (const wrapper of [guarded, countedStore(store, noRequests()), ...testing]) {
      expect(wrapper.nameProblem?.(nul)).toBe("the key contains a NUL character");
      expect(wrapper.nameProblem?.(to)).toBeUndefined();
    }
    const { nameProblem: _, ...plain } = store;
    expect("nameProblem" in guardedStore(plain, clock)).toBe(false);
  });
});

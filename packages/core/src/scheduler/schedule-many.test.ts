import { describe, expect, it } from "vitest";
import { schedulerOnFaulty, schedulerWith } from "../test-support/one-event.js";
import { keysOf, NOON, storeError, testSchedule } from "../test-support/test-schedule.js";
import { createScheduler } from "./create-scheduler.js";
import type { NewEvent } from "./new-event.js";
import { BatchIncompleteError, type ScheduleManyEvent } from "./schedule-many.js";

const event = (index: number, at = "2026-12-24T13:00Z"): NewEvent => ({
  at,
  to: { bucket: "out", key: `${index}` },
  deliveryId: `id-${index}`,
});

function* events(count: number) {
  for (let index = 0; index < count; index++) yield event(index);
}

describe("scheduleMany()", () => {
  it("stores every event, and counts those that existed", async () => {
    const schedule = testSchedule();
    const scheduler = createScheduler(schedule);
    await scheduler.schedule(event(3));
    expect(await scheduler.scheduleMany(events(100))).toEqual({ scheduled: 99, existed: 1 });
    expect(await keysOf(schedule.store, "schedule")).toHaveLength(100);
  });

  it("reports each result with the index of its event", async () => {
    const results: ScheduleManyEvent[] = [];
    const onResult = (result: ScheduleManyEvent) => results.push(result);
    await createScheduler(testSchedule()).scheduleMany(events(50), { onResult });
    const targets = results.map((result) => ("to" in result ? [result.index, result.to.key] : []));
    expect(targets.sort()).toEqual([...events(50)].map(({ to }, index) => [index, to.key]).sort());
  });

  it("reads a source only as fast as the store takes it", async () => {
    const schedule = testSchedule();
    let read = 0;
    async function* source() {
      for (; read < 10_000; read++) yield event(read);
    }
    const abort = new AbortController();
    const scheduler = schedulerWith(schedule, { put: () => new Promise<never>(() => {}) });
    const batch = scheduler.scheduleMany(source(), { concurrency: 8, signal: abort.signal });
    await schedule.clock.advance("1s");
    expect(read).toBeLessThanOrEqual(8);
    abort.abort();
    await expect(batch).rejects.toMatchObject({
      code: "batch-incomplete",
      scheduled: 0,
      failed: 8,
    });
    expect(read).toBeLessThanOrEqual(9);
  });

  it("reads nothing if it is aborted already", async () => {
    const source = {
      [Symbol.iterator]: (): never => {
        throw new Error("the source is read");
      },
    };
    const batch = createScheduler(testSchedule()).scheduleMany(source, {
      signal: AbortSignal.abort(),
    });
    await expect(batch).rejects.toMatchObject({ code: "batch-incomplete", failed: 0 });
  });

  it("tries all and rejects with what failed", async () => {
    const schedule = testSchedule();
    const scheduler = schedulerOnFaulty(schedule, {
      before: ({ key }) => (key?.includes("|7|") ? storeError("denied", "put") : undefined),
    });
    const batch = scheduler.scheduleMany([...events(20), event(20, NOON)]);
    await expect(batch).rejects.toMatchObject({
      code: "batch-incomplete",
      scheduled: 19,
      failed: 2,
      failures: [
        { index: 7, outcome: "failed" },
        { index: 20, outcome: "failed", error: { code: "too-late" } },
      ],
    });
    expect(await keysOf(schedule.store, "schedule")).toHaveLength(19);
  });

  it("keeps the first thousand failures, and reports all", async () => {
    const reported: number[] = [];
    const late = Array.from({ length: 1_002 }, (_, index) => event(index, NOON));
    const error = await createScheduler(testSchedule())
      .scheduleMany(late, { onResult: ({ index }) => reported.push(index) })
      .catch((reason: BatchIncompleteError) => reason);
    if (!(error instanceof BatchIncompleteError)) throw new Error("the batch is complete");
    expect([error.failed, error.failures.length, reported.length]).toEqual([1_002, 1_000, 1_002]);
    expect(error.cause).toMatchObject({ code: "too-late" });
  });

  it("gives the id of an event that may be stored", async () => {
    const after = () => storeError("unexpected", "put");
    const results: ScheduleManyEvent[] = [];
    const batch = schedulerOnFaulty(testSchedule(), { after }).scheduleMany(events(1), {
      onResult: (result) => results.push(result),
    });
    await expect(batch).rejects.toMatchObject({ failed: 1, scheduled: 0, existed: 0 });
    const id = "2026-12-24T13:00:00.000Z|out|0|id-0";
    expect(results).toMatchObject([{ outcome: "failed", error: { code: "undecided", id } }]);
  });

  it("ends if an async onResult rejects", async () => {
    let called = 0;
    const batch = createScheduler(testSchedule()).scheduleMany(events(50), {
      concurrency: 1,
      onResult: async () => {
        called += 1;
        throw new Error("the log is full");
      },
    });
    await expect(batch).rejects.toThrow("the log is full");
    expect(called).toBe(1);
  });

  it("throws an error of the source, and closes it", async () => {
    let closed = false;
    async function* source() {
      try {
        yield event(0);
        throw new Error("the file ended early");
      } finally {
        closed = true;
      }
    }
    const batch = createScheduler(testSchedule()).scheduleMany(source());
    await expect(batch).rejects.toThrow("the file ended early");
    expect(closed).toBe(true);
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses a concurrency of %s", async (concurrency) => {
    const batch = createScheduler(testSchedule()).scheduleMany([], { concurrency });
    await expect(batch).rejects.toMatchObject({ code: "invalid-option" });
  });
});

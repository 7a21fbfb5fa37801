import { describe, expect, it } from "vitest";
import { createDeadLetters } from "../dead-letters/dead-letters.js";
import { wrapStore } from "../requests/wrap-store.js";
import { scheduleWithEvent, to } from "../test-support/one-event.js";
import {
  keysOf,
  NOON,
  sweeperOf,
  type TestSchedule,
  testSchedule,
  waitingIn,
} from "../test-support/test-schedule.js";
import { recordingStore } from "../testing/faulty-store.js";
import { createScheduler } from "./create-scheduler.js";

const HOUR_MS = 3_600_000;
const IN_20_MINUTES = { in: "20m", to } as const;
const ID = "2026-12-24T13:00:00.000Z|out|k|d";
const DEAD_KEY = `keywhen/dead/${ID}`;

/** A machine at noon, on a store whose answers carry the time that `dateOf` gives them, after `tookMs`. */
function scheduleOn(dateOf: (nowMs: number) => Date | undefined, tookMs = 0) {
  const schedule = testSchedule();
  let puts = 0;
  const store = wrapStore(schedule.store, async ({ kind }, call, send) => {
    if (kind === "put") puts += 1;
    const result = await send({ ...call, onDate: undefined });
    if (tookMs > 0) await schedule.clock.sleep(tookMs);
    const date = dateOf(schedule.clock.now());
    if (date !== undefined) call.onDate?.(date);
    return result;
  });
  return { schedule: { ...schedule, store }, puts: () => puts };
}

/** A machine at noon, on a store whose clock differs. */
function scheduleBehind(byMs: number, tookMs = 0) {
  const state = { byMs };
  const dateOf = (nowMs: number) => new Date(Math.floor((nowMs + state.byMs) / 1_000) * 1_000);
  return { ...scheduleOn(dateOf, tookMs), state };
}

const skewed = { code: "clock-skew" };

describe("schedule() on a machine whose clock is wrong", () => {
  it.each([HOUR_MS, -HOUR_MS, 30_000, 2_500])(
    "throws clock-skew with the id if in gave the wrong instant, %i ms behind",
    async (byMs) => {
      const { schedule } = scheduleBehind(byMs);
      await expect(createScheduler(schedule).schedule(IN_20_MINUTES)).rejects.toMatchObject({
        ...skewed,
        id: expect.stringMatching(/^2026-12-24T12:20:00\.000Z\|out\|k\|/),
        at: new Date("2026-12-24T12:20:00Z"),
        message: expect.stringContaining(byMs > 0 ? "s behind" : "s ahead"),
      });
    },
  );

  it("sends nothing more with in until the clock is set", async () => {
    const { schedule, state, puts } = scheduleBehind(HOUR_MS);
    const scheduler = createScheduler(schedule);
    await expect(scheduler.schedule(IN_20_MINUTES)).rejects.toThrow("3600.5 s behind");
    await expect(scheduler.schedule(IN_20_MINUTES)).rejects.toMatchObject(skewed);
    expect(puts()).toBe(1);
    schedule.clock.set("2026-12-24T13:00Z");
    state.byMs = 0;
    expect((await scheduler.schedule(IN_20_MINUTES)).outcome).toBe("scheduled");
    expect(puts()).toBe(2);
  });

  it("asks again after 30 seconds", async () => {
    const { schedule, state, puts } = scheduleBehind(HOUR_MS);
    const scheduler = createScheduler(schedule);
    await expect(scheduler.schedule(IN_20_MINUTES)).rejects.toMatchObject(skewed);
    state.byMs = 0;
    await schedule.clock.advance("29s");
    await expect(scheduler.schedule(IN_20_MINUTES)).rejects.toThrow("Nothing was sent");
    await schedule.clock.advance("1s");
    await scheduler.schedule(IN_20_MINUTES);
    expect(puts()).toBe(2);
  });

  it.each([0, 500, 760, 999, 1_000, 1_250, -760, -1_000, -1_250])(
    "refuses nothing with a clock that is %i ms ahead: the limit is 1.25 s",
    async (aheadMs) => {
      const { schedule } = scheduleBehind(-aheadMs);
      const scheduler = createScheduler(schedule);
      for (let i = 0; i < 100; i++) {
        await schedule.clock.advance("1003ms");
        expect((await scheduler.schedule(IN_20_MINUTES)).outcome).toBe("scheduled");
      }
    },
  );

  it("stops a batch", async () => {
    const { schedule, puts } = scheduleBehind(HOUR_MS);
    const events = Array.from({ length: 100 }, () => IN_20_MINUTES);
    const batch = createScheduler(schedule).scheduleMany(events, { concurrency: 4 });
    await expect(batch).rejects.toMatchObject({ failed: 100, cause: skewed });
    expect(puts()).toBeLessThanOrEqual(4);
  });

  it.each([HOUR_MS, -HOUR_MS])(
    "stores an instant that is still to come by the store's clock, %i ms behind",
    async (byMs) => {
      const scheduler = createScheduler(scheduleBehind(byMs).schedule);
      const far = { at: "2026-12-24T14:00Z", to };
      expect((await scheduler.schedule(far)).outcome).toBe("scheduled");
      expect((await scheduler.schedule({ ...far, deliveryId: "d" })).outcome).toBe("scheduled");
    },
  );

  it("throws clock-skew if an instant had passed by the store's clock only", async () => {
    const scheduler = createScheduler(scheduleBehind(HOUR_MS).schedule);
    await expect(scheduler.schedule({ at: "2026-12-24T12:20Z", to })).rejects.toMatchObject({
      ...skewed,
      id: expect.stringContaining("2026-12-24T12:20"),
      message: expect.stringContaining("stored and due immediately"),
    });
    const past = await scheduler.schedule({ at: "2026-12-24T11:00Z", to });
    expect(past.outcome).toBe("scheduled");
  });

  it("throws clock-skew if an event with a chosen id had closed by the store's clock", async () => {
    const { schedule } = scheduleBehind(HOUR_MS);
    const event = { at: "2026-12-24T13:00:03Z", to, deliveryId: "d" };
    await expect(createScheduler(schedule).schedule(event)).rejects.toMatchObject({
      ...skewed,
      message: expect.stringContaining("stored a second time"),
    });
  });

  it("ignores a difference that the answer's own time may explain", async () => {
    const { schedule } = scheduleBehind(0, 3_000);
    const result = createScheduler(schedule).schedule(IN_20_MINUTES);
    await schedule.clock.advance("10s");
    expect((await result).outcome).toBe("scheduled");
  });

  it("compares no clocks if there is one", async () => {
    const scheduler = createScheduler(testSchedule({ clock: "shared" }));
    expect((await scheduler.schedule(IN_20_MINUTES)).outcome).toBe("scheduled");
  });
});

describe("redrive() on a machine whose clock is wrong", () => {
  it("throws clock-skew and changes nothing, unless it is given an instant", async () => {
    const { schedule } = scheduleBehind(HOUR_MS);
    await schedule.store.put({ bucket: "schedule", key: DEAD_KEY }, new Uint8Array());
    const dead = createDeadLetters(schedule);
    await expect(dead.redrive(ID)).rejects.toMatchObject(skewed);
    await expect(dead.redrive(ID, { in: "1h" })).rejects.toMatchObject(skewed);
    expect(await keysOf(schedule.store, "schedule")).toEqual([DEAD_KEY]);
    expect((await dead.redrive(ID, { at: NOON })).outcome).toBe("redriven");
  });
});

describe("a machine whose clock is wrong", () => {
  const wrongBy = (schedule: TestSchedule, ms: number): TestSchedule => ({
    ...schedule,
    clock: { ...schedule.clock, now: () => schedule.clock.now() + ms },
  });

  it.each([-1_800, 1_800, HOUR_MS])("neither cancels nor moves, %d ms ahead", async (ms) => {
    const { schedule, id } = await scheduleWithEvent({ in: "5h" });
    const scheduler = createScheduler(wrongBy(schedule, ms));
    await expect(scheduler.cancel(id)).rejects.toMatchObject(skewed);
    await expect(scheduler.reschedule(id, { in: "6h" })).rejects.toMatchObject(skewed);
    expect(await waitingIn(schedule.store)).toEqual([id]);
  });

  it.each([-700, 1_700])("cancels within what the guard allows, %d ms ahead", async (ms) => {
    const { schedule, id } = await scheduleWithEvent();
    const cancelled = await createScheduler(wrongBy(schedule, ms)).cancel(id);
    expect(cancelled.outcome).toBe("cancelled");
  });

  it("is undecided if the answer to the delete shows it", async () => {
    const { schedule, id } = await scheduleWithEvent({ in: "5h" });
    let offsetMs = 0;
    const clock = { ...schedule.clock, now: () => schedule.clock.now() + offsetMs };
    const store = recordingStore(schedule.store, ({ kind }) => {
      if (kind === "head") offsetMs = -HOUR_MS; // set back after the HEAD was sent
    });
    const result = await createScheduler({ ...schedule, clock, store }).cancel(id);
    expect(result).toEqual({ outcome: "undecided" });
  });

  it("copies nothing in a sweep if it is ahead, and reports it", async () => {
    const { schedule } = await scheduleWithEvent({ in: "30m" });
    const report = await sweeperOf(wrongBy(schedule, HOUR_MS)).sweep();
    expect(report).toMatchObject({ delivered: 0, truncated: "clock-skew", skewMs: 3_599_500 });
    expect(report.requests).toMatchObject({ list: 1, put: 0, copy: 0 });
  });

  it("delivers late if it is behind, and takes no try from another sweeper", async () => {
    const { schedule } = await scheduleWithEvent({ in: "0s" });
    await createScheduler(schedule).schedule({
      at: "2026-12-24T10:00Z",
      to: { ...to, key: "old" },
    });
    await schedule.clock.advance("10s");
    const behind = await sweeperOf(wrongBy(schedule, -HOUR_MS)).sweep();
    expect(behind).toMatchObject({ delivered: 1, skewMs: -3_600_500 });
    const right = await sweeperOf(schedule).sweep();
    expect(right).toMatchObject({ delivered: 1, requests: { head: 0 } });
  });
});

describe.each([
  ["no time", undefined],
  ["garbage as its time", new Date(Number.NaN)],
])("on a store whose answers carry %s", (_, date) => {
  const unreadable = { ...skewed, message: expect.stringContaining("carries no readable time") };

  it("nothing is cancelled, moved, or redriven by `in`", async () => {
    const { schedule } = scheduleOn(() => date);
    const keys = [DEAD_KEY, `keywhen/pending/${ID}`];
    for (const key of keys) await schedule.store.put({ bucket: "schedule", key }, new Uint8Array());
    const scheduler = createScheduler(schedule);
    await expect(scheduler.cancel(ID)).rejects.toMatchObject(unreadable);
    await expect(scheduler.reschedule(ID, { in: "2h" })).rejects.toMatchObject(unreadable);
    await expect(createDeadLetters(schedule).redrive(ID)).rejects.toMatchObject(unreadable);
    expect(await keysOf(schedule.store, "schedule")).toEqual(keys);
  });

  it("schedule() with in throws clock-skew with the id, then sends nothing for 30 seconds", async () => {
    const { schedule, puts } = scheduleOn(() => date);
    const scheduler = createScheduler(schedule);
    await expect(scheduler.schedule(IN_20_MINUTES)).rejects.toMatchObject({
      ...unreadable,
      id: expect.stringContaining("2026-12-24T12:20"),
    });
    await expect(scheduler.schedule(IN_20_MINUTES)).rejects.toThrow("Nothing was sent");
    expect(puts()).toBe(1);
    await schedule.clock.advance("30s");
    await expect(scheduler.schedule(IN_20_MINUTES)).rejects.toThrow("The event is stored");
    expect(puts()).toBe(2);
  });

  it("schedule() with at stores the event", async () => {
    const far = { at: "2026-12-24T14:00Z", to };
    const { schedule } = scheduleOn(() => date);
    expect((await createScheduler(schedule).schedule(far)).outcome).toBe("scheduled");
  });
});

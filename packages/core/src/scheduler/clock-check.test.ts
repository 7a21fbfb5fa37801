import { describe, expect, it } from "vitest";
import { createDeadLetters } from "../dead-letters/dead-letters.js";
import { wrapStore } from "../requests/wrap-store.js";
import { homeWithEvent, to } from "../test-support/one-event.js";
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
function homeOn(dateOf: (nowMs: number) => Date | undefined, tookMs = 0) {
  const home = testSchedule();
  let puts = 0;
  const store = wrapStore(home.store, async ({ kind }, call, send) => {
    if (kind === "put") puts += 1;
    const result = await send({ ...call, onDate: undefined });
    if (tookMs > 0) await home.clock.sleep(tookMs);
    const date = dateOf(home.clock.now());
    if (date !== undefined) call.onDate?.(date);
    return result;
  });
  return { home: { ...home, store }, puts: () => puts };
}

/** A machine at noon, on a store whose clock differs. */
function homeBehind(byMs: number, tookMs = 0) {
  const state = { byMs };
  const dateOf = (nowMs: number) => new Date(Math.floor((nowMs + state.byMs) / 1_000) * 1_000);
  return { ...homeOn(dateOf, tookMs), state };
}

const skewed = { code: "clock-skew" };

describe("schedule() on a machine whose clock is wrong", () => {
  it.each([HOUR_MS, -HOUR_MS, 30_000, 2_500])(
    "throws clock-skew with the id if in gave the wrong instant, %i ms behind",
    async (byMs) => {
      const { home } = homeBehind(byMs);
      await expect(createScheduler(home).schedule(IN_20_MINUTES)).rejects.toMatchObject({
        ...skewed,
        id: expect.stringMatching(/^2026-12-24T12:20:00\.000Z\|out\|k\|/),
        at: new Date("2026-12-24T12:20:00Z"),
        message: expect.stringMatching(
          byMs > 0 ? /s behind the store's.*in gave the wrong instant/ : /s ahead of the store's/,
        ),
      });
    },
  );

  it("sends nothing more with in, until the clock is set, and shows the limit exactly", async () => {
    const { home, state, puts } = homeBehind(HOUR_MS);
    const scheduler = createScheduler(home);
    await expect(scheduler.schedule(IN_20_MINUTES)).rejects.toThrow("3600.5 s behind");
    await expect(scheduler.schedule(IN_20_MINUTES)).rejects.toMatchObject({
      ...skewed,
      message: expect.stringMatching(
        /3600\.\d s behind .*the limit is 1\.25 s.*Nothing was sent.*give at/,
      ),
    });
    expect(puts()).toBe(1);
    home.clock.set("2026-12-24T13:00Z");
    state.byMs = 0;
    expect((await scheduler.schedule(IN_20_MINUTES)).outcome).toBe("scheduled");
    expect(puts()).toBe(2);
  });

  it("asks again after 30 seconds, for a clock that is corrected little by little", async () => {
    const { home, state, puts } = homeBehind(HOUR_MS);
    const scheduler = createScheduler(home);
    await expect(scheduler.schedule(IN_20_MINUTES)).rejects.toMatchObject(skewed);
    state.byMs = 0;
    await home.clock.advance("29s");
    await expect(scheduler.schedule(IN_20_MINUTES)).rejects.toThrow("Nothing was sent");
    await home.clock.advance("1s");
    await scheduler.schedule(IN_20_MINUTES);
    expect(puts()).toBe(2);
  });

  it.each([0, 500, 760, 999, 1_000, 1_250, -760, -1_000, -1_250])(
    "refuses nothing with a clock that is %i ms ahead, whose limit is 1.25 s",
    async (aheadMs) => {
      const { home } = homeBehind(-aheadMs);
      const scheduler = createScheduler(home);
      for (let i = 0; i < 100; i++) {
        await home.clock.advance("1003ms");
        expect((await scheduler.schedule(IN_20_MINUTES)).outcome).toBe("scheduled");
      }
    },
  );

  it("stops a batch from storing event after event at the wrong instant", async () => {
    const { home, puts } = homeBehind(HOUR_MS);
    const events = Array.from({ length: 100 }, () => IN_20_MINUTES);
    const batch = createScheduler(home).scheduleMany(events, { concurrency: 4 });
    await expect(batch).rejects.toMatchObject({ failed: 100, cause: skewed });
    expect(puts()).toBeLessThanOrEqual(4);
  });

  it.each([HOUR_MS, -HOUR_MS])(
    "stores an instant that is still to come by the store's clock, %i ms behind",
    async (byMs) => {
      const scheduler = createScheduler(homeBehind(byMs).home);
      const far = { at: "2026-12-24T14:00Z", to };
      expect((await scheduler.schedule(far)).outcome).toBe("scheduled");
      expect((await scheduler.schedule({ ...far, deliveryId: "d" })).outcome).toBe("scheduled");
    },
  );

  it("throws clock-skew if an instant to come had passed by the store's clock", async () => {
    const { home } = homeBehind(HOUR_MS);
    const result = createScheduler(home).schedule({ at: "2026-12-24T12:20Z", to });
    await expect(result).rejects.toMatchObject({
      ...skewed,
      id: expect.stringContaining("2026-12-24T12:20"),
      message: expect.stringContaining("stored and due immediately"),
    });
  });

  it("stores an instant in the past if asked to", async () => {
    const { home } = homeBehind(HOUR_MS);
    const result = await createScheduler(home).schedule({ at: "2026-12-24T11:00Z", to });
    expect(result.outcome).toBe("scheduled");
  });

  it("throws clock-skew if an event with a chosen id had closed by the store's clock", async () => {
    const { home } = homeBehind(HOUR_MS);
    const event = { at: "2026-12-24T13:00:03Z", to, deliveryId: "d" };
    await expect(createScheduler(home).schedule(event)).rejects.toMatchObject({
      ...skewed,
      message: expect.stringContaining("stored a second time"),
    });
  });

  it("believes no reading whose difference may be the answer's own time", async () => {
    const { home } = homeBehind(0, 3_000);
    const result = createScheduler(home).schedule(IN_20_MINUTES);
    await home.clock.advance("10s");
    expect((await result).outcome).toBe("scheduled");
  });

  it("compares no clocks where one clock serves", async () => {
    const home = testSchedule({ clock: "shared" });
    expect((await createScheduler(home).schedule(IN_20_MINUTES)).outcome).toBe("scheduled");
  });
});

describe("redrive() on a machine whose clock is wrong", () => {
  it("throws clock-skew and changes nothing, unless it is given an instant", async () => {
    const { home } = homeBehind(HOUR_MS);
    await home.store.put({ bucket: "schedule", key: DEAD_KEY }, new Uint8Array());
    const dead = createDeadLetters(home);
    await expect(dead.redrive(ID)).rejects.toMatchObject(skewed);
    await expect(dead.redrive(ID, { in: "1h" })).rejects.toMatchObject(skewed);
    expect(await keysOf(home.store, "schedule")).toEqual([DEAD_KEY]);
    expect((await dead.redrive(ID, { at: NOON })).outcome).toBe("redriven");
  });
});

describe("a machine whose clock is wrong", () => {
  const wrongBy = (home: TestSchedule, ms: number): TestSchedule => ({
    ...home,
    clock: { ...home.clock, now: () => home.clock.now() + ms },
  });

  it.each([-1_800, 1_800, HOUR_MS])("neither cancels nor moves, %d ms ahead", async (ms) => {
    const { home, id } = await homeWithEvent({ in: "5h" });
    const scheduler = createScheduler(wrongBy(home, ms));
    const refused = { ...skewed, message: expect.stringContaining("the limit is 1.25 s") };
    await expect(scheduler.cancel(id)).rejects.toMatchObject(refused);
    await expect(scheduler.reschedule(id, { in: "6h" })).rejects.toMatchObject(refused);
    expect(await waitingIn(home.store)).toEqual([id]);
  });

  it.each([-700, 1_700])("cancels within what the guard allows, %d ms ahead", async (ms) => {
    const { home, id } = await homeWithEvent();
    const cancelled = await createScheduler(wrongBy(home, ms)).cancel(id);
    expect(cancelled.outcome).toBe("cancelled");
  });

  it("is undecided if the answer to the delete shows it", async () => {
    const { home, id } = await homeWithEvent({ in: "5h" });
    let offsetMs = 0;
    const clock = { ...home.clock, now: () => home.clock.now() + offsetMs };
    const store = recordingStore(home.store, ({ kind }) => {
      if (kind === "head") offsetMs = -HOUR_MS; // set back after the HEAD was sent
    });
    const result = await createScheduler({ ...home, clock, store }).cancel(id);
    expect(result).toEqual({ outcome: "undecided" });
  });

  it("copies nothing in a sweep if it is ahead, and reports that", async () => {
    const { home } = await homeWithEvent({ in: "30m" });
    const report = await sweeperOf(wrongBy(home, HOUR_MS)).sweep();
    expect(report).toMatchObject({ delivered: 0, truncated: "clock-skew", skewMs: 3_599_500 });
    expect(report.requests).toMatchObject({ list: 1, put: 0, copy: 0 });
  });

  it("delivers late rather than never if it is behind, and takes no try from another sweeper", async () => {
    const { home } = await homeWithEvent({ in: "0s" });
    await createScheduler(home).schedule({ at: "2026-12-24T10:00Z", to: { ...to, key: "old" } });
    await home.clock.advance("10s");
    const behind = await sweeperOf(wrongBy(home, -HOUR_MS)).sweep();
    expect(behind).toMatchObject({ delivered: 1, skewMs: -3_600_500 });
    const right = await sweeperOf(home).sweep();
    expect(right).toMatchObject({ delivered: 1, requests: { head: 0 } });
  });
});

describe.each([
  ["no time", undefined],
  ["garbage as its time", new Date(Number.NaN)],
])("on a store whose answers carry %s", (_, date) => {
  const unreadable = { ...skewed, message: expect.stringContaining("carries no readable time") };

  it("nothing is cancelled, moved, or redriven to a relative moment", async () => {
    const { home } = homeOn(() => date);
    const keys = [DEAD_KEY, `keywhen/pending/${ID}`];
    for (const key of keys) await home.store.put({ bucket: "schedule", key }, new Uint8Array());
    const scheduler = createScheduler(home);
    await expect(scheduler.cancel(ID)).rejects.toMatchObject(unreadable);
    await expect(scheduler.reschedule(ID, { in: "2h" })).rejects.toMatchObject(unreadable);
    await expect(createDeadLetters(home).redrive(ID)).rejects.toMatchObject(unreadable);
    expect(await keysOf(home.store, "schedule")).toEqual(keys);
  });

  it("schedule() with in throws clock-skew with the id, then sends nothing for 30 seconds", async () => {
    const { home, puts } = homeOn(() => date);
    const scheduler = createScheduler(home);
    await expect(scheduler.schedule(IN_20_MINUTES)).rejects.toMatchObject({
      ...unreadable,
      id: expect.stringContaining("2026-12-24T12:20"),
    });
    await expect(scheduler.schedule(IN_20_MINUTES)).rejects.toThrow("Nothing was sent");
    expect(puts()).toBe(1);
    await home.clock.advance("30s");
    await expect(scheduler.schedule(IN_20_MINUTES)).rejects.toThrow("The event is stored");
    expect(puts()).toBe(2);
  });

  it("schedule() with at stores the event", async () => {
    const far = { at: "2026-12-24T14:00Z", to };
    const { home } = homeOn(() => date);
    expect((await createScheduler(home).schedule(far)).outcome).toBe("scheduled");
  });
});

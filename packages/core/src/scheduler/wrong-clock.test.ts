import { describe, expect, it } from "vitest";
import { createDeadLetters } from "../dead/dead-letters.js";
import { wrapStore } from "../requests/wrap-store.js";
import { keysOf, NOON, testSchedule } from "../test-support/test-schedule.js";
import { createScheduler } from "./create-scheduler.js";

const to = { bucket: "out", key: "k" };
const HOUR_MS = 3_600_000;

/** A machine at noon, on a store whose clock says something else; its answers take `tookMs`. */
function homeBehind(byMs: number, tookMs = 0) {
  const home = testSchedule();
  let puts = 0;
  const state = { byMs };
  const store = wrapStore(home.store, async ({ kind }, call, send) => {
    if (kind === "put") puts += 1;
    const result = await send({ ...call, onDate: undefined });
    if (tookMs > 0) await home.clock.sleep(tookMs);
    call.onDate?.(new Date(Math.floor((home.clock.now() + state.byMs) / 1_000) * 1_000));
    return result;
  });
  return { home: { ...home, store }, state, puts: () => puts };
}

describe("schedule() on a machine whose clock is wrong", () => {
  it.each([HOUR_MS, -HOUR_MS, 30_000, 2_500])(
    "throws clock-skew with the id if in gave the wrong instant, %i ms behind",
    async (byMs) => {
      const { home } = homeBehind(byMs);
      const result = createScheduler(home).schedule({ in: "20m", to });
      await expect(result).rejects.toMatchObject({
        code: "clock-skew",
        id: expect.stringMatching(/^2026-12-24T12:20:00\.000Z\|out\|k\|/),
        at: new Date("2026-12-24T12:20:00Z"),
        message: expect.stringMatching(
          byMs > 0 ? /s behind the store's.*in gave the wrong instant/ : /s ahead of the store's/,
        ),
      });
    },
  );

  it("sends nothing more with in, until the clock is set", async () => {
    const { home, state, puts } = homeBehind(HOUR_MS);
    const scheduler = createScheduler(home);
    await expect(scheduler.schedule({ in: "20m", to })).rejects.toMatchObject({
      code: "clock-skew",
    });
    await expect(scheduler.schedule({ in: "20m", to })).rejects.toMatchObject({
      code: "clock-skew",
      message: expect.stringMatching(/3600\.\d s behind .*Nothing was sent.*give at/),
    });
    expect(puts()).toBe(1);
    home.clock.set("2026-12-24T13:00Z");
    state.byMs = 0;
    await expect(scheduler.schedule({ in: "20m", to })).resolves.toMatchObject({
      outcome: "scheduled",
    });
    expect(puts()).toBe(2);
  });

  it("asks again after 30 seconds, for a clock that is corrected little by little", async () => {
    const { home, state, puts } = homeBehind(HOUR_MS);
    const scheduler = createScheduler(home);
    await expect(scheduler.schedule({ in: "20m", to })).rejects.toMatchObject({
      code: "clock-skew",
    });
    state.byMs = 0;
    await home.clock.advance("29s");
    await expect(scheduler.schedule({ in: "20m", to })).rejects.toThrow("Nothing was sent");
    await home.clock.advance("1s");
    await scheduler.schedule({ in: "20m", to });
    expect(puts()).toBe(2);
  });

  it.each([0, 500, 760, 999, 1_000, 1_250, -760, -1_000, -1_250])(
    "refuses nothing with a clock that is %i ms ahead, whose limit is 1.25 s",
    async (aheadMs) => {
      const { home } = homeBehind(-aheadMs);
      const scheduler = createScheduler(home);
      for (let i = 0; i < 100; i++) {
        await home.clock.advance("1003ms");
        expect((await scheduler.schedule({ in: "20m", to })).outcome).toBe("scheduled");
      }
    },
  );

  it("prints the limit exactly", async () => {
    const { home } = homeBehind(HOUR_MS);
    const scheduler = createScheduler(home);
    await expect(scheduler.schedule({ in: "20m", to })).rejects.toThrow("3600.5 s behind");
    await expect(scheduler.schedule({ in: "20m", to })).rejects.toThrow("the limit is 1.25 s");
  });

  it("stops a batch from storing event after event at the wrong instant", async () => {
    const { home, puts } = homeBehind(HOUR_MS);
    const events = Array.from({ length: 100 }, () => ({ in: "20m", to }) as const);
    const batch = createScheduler(home).scheduleMany(events, { concurrency: 4 });
    await expect(batch).rejects.toMatchObject({
      code: "batch-incomplete",
      failed: 100,
      failures: expect.arrayContaining([
        expect.objectContaining({ error: expect.objectContaining({ code: "clock-skew" }) }),
      ]),
    });
    expect(puts()).toBeLessThanOrEqual(4);
  });

  it("stores an instant that is still to come by the store's clock, though it has passed by its own", async () => {
    for (const byMs of [HOUR_MS, -HOUR_MS]) {
      const { home } = homeBehind(byMs);
      const scheduler = createScheduler(home);
      const far = { at: "2026-12-24T14:00Z", to };
      expect((await scheduler.schedule(far)).outcome).toBe("scheduled");
      expect((await scheduler.schedule({ ...far, deliveryId: "d" })).outcome).toBe("scheduled");
    }
  });

  it("throws clock-skew if an instant to come had passed by the store's clock", async () => {
    const { home } = homeBehind(HOUR_MS);
    const result = createScheduler(home).schedule({ at: "2026-12-24T12:20Z", to });
    await expect(result).rejects.toMatchObject({
      code: "clock-skew",
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
      code: "clock-skew",
      message: expect.stringContaining("stored a second time"),
    });
  });

  it("believes no reading whose difference may be the answer's own time", async () => {
    const { home } = homeBehind(0, 3_000);
    const result = createScheduler(home).schedule({ in: "20m", to });
    await home.clock.advance("10s");
    expect((await result).outcome).toBe("scheduled");
  });

  it("compares no clocks where one clock serves", async () => {
    const home = testSchedule({ clock: "shared" });
    expect((await createScheduler(home).schedule({ in: "20m", to })).outcome).toBe("scheduled");
  });
});

describe("redrive() on a machine whose clock is wrong", () => {
  it("throws clock-skew and changes nothing, unless it is given an instant", async () => {
    const { home } = homeBehind(HOUR_MS);
    const id = "2026-12-24T11:00:00.000Z|out|k|d";
    const key = `keywhen/dead/${id}`;
    await home.store.put({ bucket: "schedule", key }, new Uint8Array());
    const dead = createDeadLetters(home);
    await expect(dead.redrive(id)).rejects.toMatchObject({ code: "clock-skew" });
    await expect(dead.redrive(id, { in: "1h" })).rejects.toMatchObject({ code: "clock-skew" });
    expect(await keysOf(home.store, "schedule")).toEqual([key]);
    expect((await dead.redrive(id, { at: NOON })).outcome).toBe("redriven");
  });
});

describe.each([
  ["no time", undefined],
  ["garbage as its time", new Date(Number.NaN)],
])("on a store whose answers carry %s", (_name, date) => {
  const id = "2026-12-24T13:00:00.000Z|out|k|d";
  const unreadable = {
    code: "clock-skew",
    message: expect.stringContaining("carries no readable time"),
  };

  /** A store whose answers carry its time, behind a proxy that does not pass it on. */
  async function proxiedHome() {
    const home = testSchedule();
    let puts = 0;
    const store = wrapStore(home.store, async ({ kind }, call, send) => {
      if (kind === "put") puts += 1;
      const result = await send({ ...call, onDate: undefined });
      if (date !== undefined) call.onDate?.(date);
      return result;
    });
    await home.store.put({ bucket: "schedule", key: `keywhen/pending/${id}` }, new Uint8Array());
    return { home: { ...home, store }, puts: () => puts };
  }

  it("cancel() and reschedule() throw clock-skew, and the event stays", async () => {
    const { home } = await proxiedHome();
    const scheduler = createScheduler(home);
    await expect(scheduler.cancel(id)).rejects.toMatchObject(unreadable);
    await expect(scheduler.reschedule(id, { in: "2h" })).rejects.toMatchObject(unreadable);
    expect(await keysOf(home.store, "schedule")).toEqual([`keywhen/pending/${id}`]);
  });

  it("redrive() to a relative moment throws clock-skew, and the dead letter stays", async () => {
    const { home } = await proxiedHome();
    const dead = `keywhen/dead/${id}`;
    await home.store.put({ bucket: "schedule", key: dead }, new Uint8Array());
    await expect(createDeadLetters(home).redrive(id)).rejects.toMatchObject(unreadable);
    expect(await keysOf(home.store, "schedule")).toContain(dead);
  });

  it("schedule() with in throws clock-skew with the id, then sends nothing for 30 seconds", async () => {
    const { home, puts } = await proxiedHome();
    const scheduler = createScheduler(home);
    await expect(scheduler.schedule({ in: "20m", to })).rejects.toMatchObject({
      ...unreadable,
      id: expect.stringContaining("2026-12-24T12:20"),
    });
    await expect(scheduler.schedule({ in: "20m", to })).rejects.toThrow("Nothing was sent");
    expect(puts()).toBe(1);
    await home.clock.advance("30s");
    await expect(scheduler.schedule({ in: "20m", to })).rejects.toThrow("The event is stored");
    expect(puts()).toBe(2);
  });

  it("schedule() with at stores the event", async () => {
    const { home } = await proxiedHome();
    const far = { at: "2026-12-24T14:00Z", to };
    expect((await createScheduler(home).schedule(far)).outcome).toBe("scheduled");
  });
});

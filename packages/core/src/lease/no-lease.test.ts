import { describe, expect, it } from "vitest";
import type { SweepEvent } from "../report/sweep-event.js";
import { wrapStore } from "../requests/wrap-store.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import type { StoreCapabilities } from "../store/object-store.js";
import { createSweeper } from "../sweep/create-sweeper.js";
import {
  keysOf,
  sweeperOf,
  type TestSchedule,
  testSchedule,
  writeByHand,
} from "../test-support/test-schedule.js";

const DUE = "2026-12-24T11:59:00.000Z";

/** A schedule in a store that can't have a lease. */
function withoutLease(more: Partial<StoreCapabilities> = {}): TestSchedule {
  const schedule = testSchedule();
  const capabilities = { ...schedule.store.capabilities, putIfVersion: false, ...more };
  return { ...schedule, store: { ...schedule.store, capabilities } };
}

/** The same behind a proxy that removes the header Date, while `removesDate` is true. */
function withoutDate(more: Partial<StoreCapabilities> = {}) {
  const schedule = withoutLease(more);
  const proxy = { removesDate: true };
  const store = wrapStore(schedule.store, (_request, call, send) =>
    send({ ...call, onDate: proxy.removesDate ? undefined : call.onDate }),
  );
  return { schedule: { ...schedule, store }, proxy };
}

describe("without a lease", () => {
  it("a sweeper reports that once, and each report contains it", async () => {
    const schedule = withoutLease();
    const seen: SweepEvent[] = [];
    const sweeper = sweeperOf(schedule, { observe: (event) => seen.push(event) });
    for (const key of ["one", "two"]) {
      await writeByHand(schedule.store, `${DUE}|out|${key}|id`);
      expect(await sweeper.sweep()).toMatchObject({ delivered: 1, lease: "unsupported" });
    }
    expect(seen.filter(({ type }) => type === "lease-unsupported")).toHaveLength(1);
  });

  it("every event is looked for at its target first", async () => {
    const schedule = withoutLease();
    await createScheduler(schedule).schedule({ at: DUE, to: { bucket: "out", key: "k" } });
    expect(await sweeperOf(schedule).sweep()).toMatchObject({ requests: { head: 1, copy: 1 } });
  });

  it("a sweep copies nothing while answers carry no time, because its clock may be wrong", async () => {
    const { schedule, proxy } = withoutDate();
    await writeByHand(schedule.store, `${DUE}|out|k|id`);
    await expect(sweeperOf(schedule).sweep()).rejects.toMatchObject({
      code: "unexpected",
      message: expect.stringContaining("carries no readable time (the header Date)"),
    });
    expect(await keysOf(schedule.store, "out")).toEqual([]);
    expect(await sweeperOf(schedule).sweep({ dryRun: true })).toMatchObject({ due: 1 });
    proxy.removesDate = false;
    expect(await sweeperOf(schedule).sweep()).toMatchObject({ delivered: 1 });
  });

  it("start() copies nothing while answers carry no time, until they carry it again", async () => {
    const { schedule, proxy } = withoutDate();
    const { clock } = schedule;
    proxy.removesDate = false;
    await writeByHand(schedule.store, "2026-12-24T12:10:00.000Z|out|k|id");
    const sweeping = createSweeper({ ...schedule, allowTargets: ["*"] }).start();
    await clock.advance("1m");
    proxy.removesDate = true;
    await clock.advance("15m");
    expect(await keysOf(schedule.store, "out")).toEqual([]);
    proxy.removesDate = false;
    await clock.advance("15m");
    expect(await keysOf(schedule.store, "out")).toEqual(["k"]);
    const stopped = sweeping.stop();
    await clock.advance("10s");
    await stopped;
  });

  it("a sweep delivers if the store declares that its answers carry no time", async () => {
    const { schedule } = withoutDate({ clock: "none" });
    await writeByHand(schedule.store, `${DUE}|out|k|id`);
    expect(await sweeperOf(schedule).sweep()).toMatchObject({ delivered: 1 });
  });
});

import { describe, expect, it } from "vitest";
import type { SweepEvent } from "../report/sweep-event.js";
import { wrapStore } from "../requests/wrap-store.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import { createSweeper } from "../sweep/create-sweeper.js";
import {
  keysOf,
  sweeperOf,
  type TestSchedule,
  testSchedule,
  writeByHand,
} from "../test-support/test-schedule.js";

const DUE = "2026-12-24T11:59:00.000Z";

describe("a store that can't have a lease", () => {
  const without = (): TestSchedule => {
    const home = testSchedule();
    const { store } = home;
    const capabilities = { ...store.capabilities, putIfVersion: false };
    return { ...home, store: { ...store, capabilities } };
  };

  it("is said once by a sweeper, and stands in every report", async () => {
    const home = without();
    const seen: SweepEvent[] = [];
    const sweeper = sweeperOf(home, { observe: (event) => seen.push(event) });
    for (const key of ["one", "two"]) {
      await writeByHand(home.store, `${DUE}|out|${key}|id`);
      expect(await sweeper.sweep()).toMatchObject({ delivered: 1, lease: "unsupported" });
    }
    expect(seen.filter(({ type }) => type === "lease-unsupported")).toHaveLength(1);
  });

  describe("whose answers lose the Date on their way", () => {
    const noDate = (): { home: TestSchedule; proxy: { removesDate: boolean } } => {
      const home = without();
      const proxy = { removesDate: true };
      const store = wrapStore(home.store, (_request, call, send) =>
        send({ ...call, onDate: proxy.removesDate ? undefined : call.onDate }),
      );
      return { home: { ...home, store }, proxy };
    };

    it("has nothing copied by a sweep, as nothing shows that the clock is right", async () => {
      const { home, proxy } = noDate();
      await writeByHand(home.store, `${DUE}|out|k|id`);
      await expect(sweeperOf(home).sweep()).rejects.toMatchObject({
        code: "unexpected",
        message: expect.stringContaining("carries no readable time (the header Date)"),
      });
      expect(await keysOf(home.store, "out")).toEqual([]);
      expect(await sweeperOf(home).sweep({ dryRun: true })).toMatchObject({ due: 1 });
      proxy.removesDate = false;
      expect(await sweeperOf(home).sweep()).toMatchObject({ delivered: 1 });
    });

    it("has nothing copied by a sweeper that goes on, until answers carry it again", async () => {
      const { home, proxy } = noDate();
      proxy.removesDate = false;
      await writeByHand(home.store, "2026-12-24T12:10:00.000Z|out|k|id");
      const sweeping = createSweeper({ ...home, allowTargets: ["*"] }).start();
      await home.clock.advance("1m");
      proxy.removesDate = true;
      await home.clock.advance("15m");
      expect(await keysOf(home.store, "out")).toEqual([]);
      proxy.removesDate = false;
      await home.clock.advance("15m");
      expect(await keysOf(home.store, "out")).toEqual(["k"]);
      const stopped = sweeping.stop();
      await home.clock.advance("10s");
      await stopped;
    });

    it("is swept all the same if it declares that it tells no time", async () => {
      const { home } = noDate();
      const capabilities = { ...home.store.capabilities, clock: "none" as const };
      const untimed = { ...home, store: { ...home.store, capabilities } };
      await writeByHand(home.store, `${DUE}|out|k|id`);
      expect(await sweeperOf(untimed).sweep()).toMatchObject({ delivered: 1 });
    });
  });

  it("has every event looked for at its target first", async () => {
    const home = without();
    await createScheduler(home).schedule({ at: DUE, to: { bucket: "out", key: "k" } });
    expect(await sweeperOf(home).sweep()).toMatchObject({ requests: { head: 1, copy: 1 } });
  });
});

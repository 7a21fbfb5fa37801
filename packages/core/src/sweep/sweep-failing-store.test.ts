import { describe, expect, it } from "vitest";
import type { SweepEvent } from "../report/sweep-event.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import { failing, passing } from "../test-support/sweeps.js";
import {
  failFirst,
  numbered,
  scheduleWith,
  storeError,
  sweeperOf,
  testSchedule,
  waitingIn,
} from "../test-support/test-schedule.js";
import { faultyStore } from "../testing/faulty-store.js";

const DUE = "2026-12-24T11:59:00.000Z";

describe("sweep() on a store that fails", () => {
  it("lets one bad event stop no other, and tries it again in the next sweep", async () => {
    const home = await scheduleWith(numbered(20));
    const seen: SweepEvent[] = [];
    const store = faultyStore(home.store, {
      before: ({ kind, key }) =>
        kind === "copy" && key === "00007" ? storeError("no-such-bucket", "copy") : undefined,
    });
    const observe = (event: SweepEvent) => seen.push(event);
    const report = await sweeperOf({ ...home, store }, { observe }).sweep();
    expect(report).toMatchObject({ due: 20, delivered: 19, retrying: 1 });
    expect(seen.filter(({ type }) => type === "failed")).toMatchObject([
      { id: `${DUE}|out|00007`, error: { code: "no-such-bucket" } },
    ]);
    expect(await sweeperOf(home).sweep()).toMatchObject({ due: 1, delivered: 1 });
  });

  it("counts a copy without an answer as undecided and keeps the event", async () => {
    const home = await scheduleWith(numbered(1));
    const after = failFirst("copy", 1, storeError("unavailable", "copy"));
    const report = await sweeperOf({ ...home, store: faultyStore(home.store, { after }) }).sweep();
    expect(report).toMatchObject({ delivered: 0, undecided: 1, retrying: 0 });
    expect(await waitingIn(home.store)).toHaveLength(1);
  });

  it("looks for a copy without an answer, and sends it again if it failed immediately", async () => {
    const sent = async (lost: number, wasCarriedOut: boolean) => {
      const home = testSchedule();
      const broken = failFirst("copy", lost, storeError("unavailable", "copy"));
      const faults = wasCarriedOut ? { after: broken } : { before: broken };
      await createScheduler(home).schedule({ at: DUE, to: { bucket: "out", key: "k" } });
      const sweeping = sweeperOf({ ...home, store: faultyStore(home.store, faults) }).sweep();
      await home.clock.advance("10s");
      const { delivered, undecided, requests } = await sweeping;
      return { delivered, undecided, copies: requests.copy };
    };
    expect(await sent(1, true)).toEqual({ delivered: 1, undecided: 0, copies: 1 });
    expect(await sent(1, false)).toEqual({ delivered: 1, undecided: 0, copies: 2 });
    expect(await sent(2, false)).toEqual({ delivered: 0, undecided: 1, copies: 2 });
  });

  it("halves the concurrency when the store throttles, tries again, and grows back slowly", async () => {
    const home = await scheduleWith(numbered(200));
    const slowed: number[] = [];
    const before = failFirst("copy", 5, storeError("throttled", "copy"));
    const sweeping = sweeperOf(
      { ...home, store: faultyStore(home.store, { before }) },
      {
        concurrency: 16,
        observe: (event) => event.type === "slowed" && slowed.push(event.concurrency),
      },
    ).sweep();
    await home.clock.advance("10s");
    expect(await sweeping).toMatchObject({ delivered: 200, retrying: 0 });
    expect(slowed).toEqual([8]);
  });

  it("has no more copies in flight than that, once the store throttles", async () => {
    const home = await scheduleWith(numbered(100));
    let [underWay, isSlowed] = [0, false];
    const begunWith: number[] = [];
    const throttled = faultyStore(home.store, {
      before: failFirst("copy", 1, storeError("throttled", "copy")),
    });
    const copy: typeof throttled.copy = async (...args) => {
      underWay += 1;
      if (isSlowed) begunWith.push(underWay);
      await new Promise(setImmediate);
      underWay -= 1;
      return throttled.copy(...args);
    };
    const observe = (event: SweepEvent) => {
      isSlowed ||= event.type === "slowed";
    };
    const sweeper = sweeperOf(
      { ...home, store: { ...throttled, copy } },
      { concurrency: 16, observe },
    );
    expect(await passing(home, "10s", sweeper.sweep())).toMatchObject({ delivered: 100 });
    expect(Math.max(...begunWith.slice(0, 20))).toBeLessThanOrEqual(8 + 20 / 8); // it grows with each success
  });

  it("stops copying when deleting is denied, after few copies", async () => {
    const home = await scheduleWith(numbered(3_000));
    const store = failing(home.store, "delete", "denied");
    const report = await sweeperOf({ ...home, store }, { concurrency: 4 }).sweep();
    expect(report).toMatchObject({ truncated: "denied", requests: { delete: expect.any(Number) } });
    expect(report.delivered).toBeLessThan(50);
    expect(report.undeleted).toBe(report.delivered);
    expect(await waitingIn(home.store)).toHaveLength(1_000);
    expect(report.firstUntriedId).toBeDefined();
  });

  it("tries a failed delete again, key by key", async () => {
    const home = await scheduleWith(numbered(30));
    const failures = new Map([
      ["00003", 2],
      ["00004", 99],
    ]);
    const store: typeof home.store = {
      ...home.store,
      delete: async (bucket, keys) => {
        const fails = (key: string) => {
          const left = failures.get(key.slice(-5)) ?? 0;
          failures.set(key.slice(-5), left - 1);
          return left > 0;
        };
        const failing = new Set(keys.filter(fails));
        await home.store.delete(
          bucket,
          keys.filter((key) => !failing.has(key)),
        );
        const error = storeError("unavailable", "delete");
        return keys.map((key) =>
          failing.has(key) ? { outcome: "failed", error } : { outcome: "gone" },
        );
      },
    };
    expect(await passing(home, "1m", sweeperOf({ ...home, store }).sweep())).toMatchObject({
      delivered: 30,
      undeleted: 1,
    });
    expect(await waitingIn(home.store)).toEqual([`${DUE}|out|00004`]);
  });

  it("counts a delete that the store forgets to answer as undeleted", async () => {
    const home = await scheduleWith(numbered(1));
    const store = { ...home.store, delete: async () => [] };
    expect(await sweeperOf({ ...home, store }).sweep()).toMatchObject({
      delivered: 1,
      undeleted: 1,
    });
  });
});

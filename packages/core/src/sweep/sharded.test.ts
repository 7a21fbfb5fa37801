import { describe, expect, it } from "vitest";
import type { SweepEvent } from "../report/sweep-event.js";
import { createShards } from "../shards/create-shards.js";
import { failing, passing } from "../test-support/sweeps.js";
import {
  keysOf,
  scheduleNumbered,
  shardedSchedule,
  storeError,
  sweeperOf,
  type TestSchedule,
  testSchedule,
  waiting,
  writeByHand,
} from "../test-support/test-schedule.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";
import { createSweeper } from "./create-sweeper.js";

async function countIn(home: TestSchedule, shard: number): Promise<number> {
  const prefix = `keywhen/pending.0${shard}/`;
  return (await home.store.list({ bucket: "schedule", prefix })).objects.length;
}

describe("sweep() over shards", () => {
  it("delivers the events of all of them, with one lease each, and adds up the report", async () => {
    const home = await shardedSchedule(4);
    await scheduleNumbered(home, 20, "map");
    await writeByHand(home.store, "2026-12-24T12:00:00.000Z|out|by-hand");
    const prefixes = new Set((await waiting(home)).map((key) => key.split("/")[1]));
    expect([...prefixes].sort()).toEqual([
      "pending",
      "pending.00",
      "pending.01",
      "pending.02",
      "pending.03",
    ]);
    await home.clock.advance("2m");
    const report = await sweeperOf(home).sweep();
    expect(report).toMatchObject({
      outcome: "swept",
      due: 21,
      delivered: 21,
      lease: "taken",
      shards: { swept: 5, held: 0, failed: 0 },
      requests: { list: 5, copy: 21, get: 11, put: 10, head: 0 },
      latenessMs: { min: 60_000, median: 60_000 },
    });
    expect(await waiting(home)).toEqual([]);
    const leases = (await keysOf(home.store, "schedule")).filter((key) => key.includes("/lease/"));
    expect(leases).toEqual([
      "keywhen/lease/sweep.00.json",
      "keywhen/lease/sweep.01.json",
      "keywhen/lease/sweep.02.json",
      "keywhen/lease/sweep.03.json",
      "keywhen/lease/sweep.json",
    ]);
  });

  it("costs one LIST a shard when nothing is due", async () => {
    const home = await shardedSchedule(8);
    const sweeper = sweeperOf(home);
    await sweeper.sweep();
    expect((await sweeper.sweep()).requests).toMatchObject({ list: 9, get: 0, put: 0 });
  });

  it("bounds the copies under way in all shards together", async () => {
    const home = await shardedSchedule(8);
    await scheduleNumbered(home, 60, 8);
    await home.clock.advance("2m");
    let [underWay, most] = [0, 0];
    const store = {
      ...home.store,
      async copy(...args: Parameters<typeof home.store.copy>) {
        underWay += 1;
        most = Math.max(most, underWay);
        await home.clock.sleep(100);
        underWay -= 1;
        return home.store.copy(...args);
      },
    };
    expect(
      await passing(home, "20s", sweeperOf({ ...home, store }, { concurrency: 5 }).sweep()),
    ).toMatchObject({ delivered: 60, concurrencyReached: 5 });
    expect(most).toBe(5);
  });

  it("sweeps the others if another sweeper holds the lease of one", async () => {
    const home = await shardedSchedule(4);
    await scheduleNumbered(home, 20, "map");
    await home.clock.advance("2m");
    const stuck = recordingStore(home.store, () => {});
    const slow = {
      ...stuck,
      copy: () => home.clock.sleep(30_000).then(() => ({ outcome: "source-gone" }) as const),
    };
    const first = createSweeper({ ...home, store: slow, allowTargets: ["*"] });
    const holding = first.sweep({ shard: { index: 3, count: 4 } });
    await home.clock.advance("1s");
    const report = await sweeperOf(home).sweep();
    const elsewhere = await countIn(home, 2);
    expect(report).toMatchObject({ delivered: 20 - elsewhere, shards: { swept: 4, held: 1 } });
    const again = await createSweeper({ ...home, allowTargets: ["*"] }).sweep();
    expect(again).toMatchObject({ outcome: "held", shards: { swept: 4, held: 1, failed: 0 } });
    await home.clock.advance("40s");
    await holding;
  });

  it("goes on with the others where one can't be listed, and says so", async () => {
    const home = await shardedSchedule(4);
    await scheduleNumbered(home, 20, "map");
    await home.clock.advance("2m");
    const before = ({ kind, key }: { kind: string; key?: string | undefined }) =>
      kind === "list" && key === "keywhen/pending.01/" ? storeError("denied", "list") : undefined;
    const reported: SweepEvent[] = [];
    const observe = (event: SweepEvent) => void reported.push(event);
    const report = await sweeperOf(
      { ...home, store: faultyStore(home.store, { before }) },
      { observe },
    ).sweep();
    const failed = await countIn(home, 1);
    expect(report).toMatchObject({
      delivered: 20 - failed,
      truncated: "list-failed",
      shards: { failed: 1 },
    });
    expect(reported).toContainEqual(expect.objectContaining({ type: "shard-failed", shard: 1 }));
    expect(reported.filter(({ type }) => type === "swept")).toHaveLength(1);
  });

  it("throws if none can be listed", async () => {
    const home = await shardedSchedule(4);
    const store = failing(home.store, "list", "denied");
    await expect(sweeperOf({ ...home, store }).sweep()).rejects.toMatchObject({ code: "denied" });
  });

  it("delivers each event once if several hosts each sweep one shard, however many shards the schedule has", async () => {
    for (const shards of [0, 3, 8]) {
      const home = await shardedSchedule(shards);
      await scheduleNumbered(home, 30, "map");
      await home.clock.advance("2m");
      let delivered = 0;
      for (const index of [1, 2, 3]) {
        delivered += (await sweeperOf(home).sweep({ shard: { index, count: 3 } })).delivered;
      }
      expect([delivered, await waiting(home)]).toEqual([30, []]);
    }
  });

  it("looks into every possible shard if the shard map is unreadable, and reports that", async () => {
    const home = testSchedule();
    await scheduleNumbered(home, 20, 200);
    const garbage = new TextEncoder().encode('{"version":2}');
    await home.store.put({ bucket: "schedule", key: "keywhen/shards.json" }, garbage);
    await home.clock.advance("2m");
    const reported: string[] = [];
    const report = await sweeperOf(home, {
      observe: ({ type }) => void reported.push(type),
    }).sweep();
    expect(report).toMatchObject({ delivered: 20, shards: { swept: 257 } });
    expect(reported).toContain("shard-map-unreadable");
  });

  it("delivers what writers with a fixed number of shards have written", async () => {
    const home = { ...testSchedule(), shards: 16 };
    await scheduleNumbered(home, 20, 16);
    await home.clock.advance("2m");
    expect(await sweeperOf(home, { shards: 16 }).sweep()).toMatchObject({ delivered: 20 });
  });

  it("has ended when its last shard has, also on a clock that passes over its signal", async () => {
    const home = await shardedSchedule(2);
    const deaf = { ...home.clock, sleep: (ms: number) => home.clock.sleep(ms) };
    let report: unknown;
    void sweeperOf({ ...home, clock: deaf })
      .sweep()
      .then((ended) => {
        report = ended;
      });
    await home.clock.advance("5s");
    expect(report).toMatchObject({ outcome: "swept" });
  });

  it("starts no shard of a shard map that is read after the others have ended", async () => {
    const home = testSchedule();
    const intervalMs = 301_000; // the sweep lasts a little longer than the shard map is believed
    await home.clock.advance(`${intervalMs - (home.clock.now() % intervalMs) + 500}ms`);
    const sent: string[] = [];
    const get: TestSchedule["store"]["get"] = async (ref, call) => {
      const isLate = ref.key.endsWith("shards.json") && sent.length > 1;
      if (isLate) await home.clock.sleep(5_000);
      return home.store.get(ref, call);
    };
    const store = recordingStore({ ...home.store, get }, ({ kind, key }) =>
      sent.push(`${kind} ${key}`),
    );
    const sweeping = sweeperOf({ ...home, store }).sweep({ lookAhead: `${intervalMs}ms` });
    await home.clock.advance("1m");
    await createShards(home).setShards(4);
    await home.clock.advance("11m");
    expect(await sweeping).toMatchObject({ truncated: false });
    expect(sent.filter((request) => request.startsWith("get keywhen/shards.json"))).toHaveLength(2);
    expect(sent.filter((request) => request.includes("pending.0"))).toEqual([]);
  });

  it("sweeps only its shard of the schedule, when it is started", async () => {
    const home = await shardedSchedule(4);
    await scheduleNumbered(home, 40, 4);
    const sweeping = createSweeper({ ...home, allowTargets: ["*"] }).start({
      shard: { index: 2, count: 2 },
    });
    await home.clock.advance("2m");
    expect([await countIn(home, 0), await countIn(home, 2)].every((count) => count > 0)).toBe(true);
    expect([await countIn(home, 1), await countIn(home, 3)]).toEqual([0, 0]);
    await sweeping.stop();
  });
});

describe("a sweep that looks ahead for long", () => {
  it("sweeps the shards that come into use during it", { tags: ["slow"] }, async () => {
    const home = testSchedule();
    const sweeping = createSweeper({ ...home, allowTargets: ["*"] }).sweep({
      lookAhead: "30m",
      poll: "60s",
    });
    await home.clock.advance("1m");
    await createShards(home).setShards(4);
    await home.clock.advance("20m");
    await scheduleNumbered(home, 20, "map");
    await home.clock.advance("2m");
    expect(await waiting(home)).toEqual([]);
    await home.clock.advance("40m");
    expect(await sweeping).toMatchObject({ delivered: 20 });
  });

  it("reads the shard map again after a failure, and sweeps the shards of the last reading", {
    tags: ["slow"],
  }, async () => {
    const home = testSchedule();
    let isDown = false;
    const store = faultyStore(home.store, {
      before: ({ key }) =>
        isDown && key === "keywhen/shards.json" ? storeError("denied", "get") : undefined,
    });
    const sweeping = createSweeper({ ...home, store, allowTargets: ["*"] }).sweep({
      lookAhead: "30m",
      poll: "60s",
    });
    await home.clock.advance("1m");
    await createShards(home).setShards(4);
    isDown = true;
    await home.clock.advance("15m");
    isDown = false;
    await home.clock.advance("10m");
    await scheduleNumbered(home, 20, "map");
    await home.clock.advance("40m");
    expect(await sweeping).toMatchObject({ delivered: 20, shards: { swept: 5, failed: 0 } });
  });
});

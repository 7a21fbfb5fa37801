import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLayout } from "../../layout/create-layout.js";
import { shardOf } from "../../layout/shard.js";
import { createScheduler, type Scheduler } from "../../scheduler/create-scheduler.js";
import {
  keysOf,
  storeError,
  sweeperOf,
  type TestHome,
  testHome,
  writeByHand,
} from "../../test-support/test-home.js";
import { faultyStore, recordingStore } from "../../testing/faulty-store.js";
import { createSweeper } from "../create-sweeper.js";
import type { SweepEvent } from "../reporting/sweep-event.js";

/** A home whose writers use so many shards by now. */
async function shardedHome(shards: number, options = {}): Promise<TestHome> {
  const home = testHome(options);
  await createLayout(home).setShards(shards);
  await home.clock.advance("20m");
  return home;
}

async function scheduleNumbered(home: TestHome, count: number, shards: number | "layout") {
  const scheduler = createScheduler({ ...home, shards });
  for (let index = 0; index < count; index++) {
    const deliveryId = `event-${index}`;
    await scheduler.schedule({ in: "1m", to: { bucket: "out", key: `${index}` }, deliveryId });
  }
}

async function waiting(home: TestHome): Promise<string[]> {
  return (await keysOf(home.store, "schedule")).filter((key) => key.includes("/pending"));
}

describe("sweep() over shards", () => {
  it("delivers what lies in any of them, with one lease each, and adds up the report", async () => {
    const home = await shardedHome(4);
    await scheduleNumbered(home, 20, "layout");
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
    const home = await shardedHome(8);
    const sweeper = sweeperOf(home);
    await sweeper.sweep();
    expect((await sweeper.sweep()).requests).toMatchObject({ list: 9, get: 0, put: 0 });
  });

  it("bounds the copies under way in all shards together", async () => {
    const home = await shardedHome(8);
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
    const sweeping = sweeperOf({ ...home, store }, { concurrency: 5 }).sweep();
    await home.clock.advance("20s");
    expect(await sweeping).toMatchObject({ delivered: 60, concurrencyReached: 5 });
    expect(most).toBe(5);
  });

  it("goes on with the others where somebody else is at work in one", async () => {
    const home = await shardedHome(4);
    await scheduleNumbered(home, 20, "layout");
    await home.clock.advance("2m");
    const stuck = recordingStore(home.store, () => {});
    const slow = {
      ...stuck,
      copy: () => home.clock.sleep(30_000).then(() => ({ outcome: "source-gone" }) as const),
    };
    const first = createSweeper({ ...home, store: slow, allowTargets: ["*"] });
    const holding = first.sweep({ part: { number: 3, of: 4 } });
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
    const home = await shardedHome(4);
    await scheduleNumbered(home, 20, "layout");
    await home.clock.advance("2m");
    const before = ({ kind, key }: { kind: string; key?: string | undefined }) =>
      kind === "list" && key === "keywhen/pending.01/" ? storeError("denied", "list") : undefined;
    const told: SweepEvent[] = [];
    const observe = (event: SweepEvent) => void told.push(event);
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
    expect(told).toContainEqual(expect.objectContaining({ type: "shard-failed", shard: 1 }));
    expect(told.filter(({ type }) => type === "swept")).toHaveLength(1);
  });

  it("throws if none can be listed", async () => {
    const home = await shardedHome(4);
    const store = faultyStore(home.store, {
      before: ({ kind }) => (kind === "list" ? storeError("denied", "list") : undefined),
    });
    await expect(sweeperOf({ ...home, store }).sweep()).rejects.toMatchObject({ code: "denied" });
  });

  it("delivers each event once if several hosts each sweep a part, however many shards there are", async () => {
    for (const shards of [0, 3, 8]) {
      const home = await shardedHome(shards);
      await scheduleNumbered(home, 30, "layout");
      await home.clock.advance("2m");
      let delivered = 0;
      for (const number of [1, 2, 3]) {
        delivered += (await sweeperOf(home).sweep({ part: { number, of: 3 } })).delivered;
      }
      expect([delivered, await waiting(home)]).toEqual([30, []]);
    }
  });

  it.each([
    { number: 0, of: 2 },
    { number: 3, of: 2 },
    { number: 1.5, of: 2 },
  ])("refuses part $number of $of", async (part) => {
    const sweeping = createSweeper({ ...testHome(), allowTargets: ["*"] }).sweep({ part });
    await expect(sweeping).rejects.toMatchObject({ code: "invalid-option" });
  });

  it("looks into every shard that there can be if the layout can't be read, and says so", async () => {
    const home = testHome();
    await scheduleNumbered(home, 20, 200);
    const garbage = new TextEncoder().encode('{"version":2}');
    await home.store.put({ bucket: "schedule", key: "keywhen/layout.json" }, garbage);
    await home.clock.advance("2m");
    const told: string[] = [];
    const report = await sweeperOf(home, { observe: ({ type }) => void told.push(type) }).sweep();
    expect(report).toMatchObject({ delivered: 20, shards: { swept: 257 } });
    expect(told).toContain("layout-unreadable");
  });

  it("delivers what a host's own writers put into the shards that they were told", async () => {
    const home = { ...testHome(), shards: 16 };
    await scheduleNumbered(home, 20, 16);
    await home.clock.advance("2m");
    expect(await sweeperOf(home, { shards: 16 }).sweep()).toMatchObject({ delivered: 20 });
  });
});

async function countIn(home: TestHome, shard: number): Promise<number> {
  const prefix = `keywhen/pending.0${shard}/`;
  return (await home.store.list({ bucket: "schedule", prefix })).objects.length;
}

describe("start() over shards", () => {
  it("delivers each event at its instant, also in shards that come into use meanwhile", async () => {
    const home = testHome();
    const late: number[] = [];
    const observe = (event: SweepEvent) => {
      if (event.type === "delivered") late.push(event.latenessMs);
    };
    const sweeping = createSweeper({ ...home, allowTargets: ["*"], observe }).start();
    await home.clock.advance("1m");
    await createLayout(home).setShards(4);
    await home.clock.advance("20m");
    await scheduleNumbered(home, 20, "layout");
    expect((await waiting(home)).every((key) => key.startsWith("keywhen/pending.0"))).toBe(true);
    await home.clock.advance("2m");
    expect(late).toHaveLength(20);
    expect(Math.max(...late)).toBeLessThan(50);
    const stopping = sweeping.stop();
    await home.clock.advance("5s");
    await stopping;
  });
});

describe("start() that is stopped while it reads the layout", () => {
  it("ends as it does at any other moment", async () => {
    const home = testHome();
    const stopping = new AbortController();
    const store = recordingStore(home.store, ({ kind }) => {
      if (kind === "get") stopping.abort();
    });
    const told: string[] = [];
    const observe = ({ type }: SweepEvent) => void told.push(type);
    const sweeper = createSweeper({ ...home, store, allowTargets: ["*"], observe });
    const { signal } = stopping;
    await expect(sweeper.start({ signal }).done).resolves.toBeUndefined();
    expect(told).toEqual([]);
  });
});

describe("a sweep that looks ahead for long", () => {
  it("takes in the shards that come into use meanwhile", async () => {
    const home = testHome();
    const sweeping = createSweeper({ ...home, allowTargets: ["*"] }).sweep({
      lookAhead: "1h",
      poll: "60s",
    });
    await home.clock.advance("1m");
    await createLayout(home).setShards(4);
    await home.clock.advance("20m");
    await scheduleNumbered(home, 20, "layout");
    await home.clock.advance("2m");
    expect(await waiting(home)).toEqual([]);
    await home.clock.advance("2h");
    expect(await sweeping).toMatchObject({ delivered: 20 });
  });
});

describe("whatever numbers are set, and whatever writers have in mind", () => {
  const kind = fc.constantFrom("set", "writeAsToldNow", "writeAsTold", "write", "wait", "sweep");
  const step = fc.record({ kind, number: fc.nat({ max: 12 }) });

  it("delivers every event, once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const home = testHome();
        const layout = createLayout(home);
        const reading = createScheduler({ ...home, shards: "layout" });
        const sweeper = sweeperOf(home);
        let told = 0;
        let [written, delivered] = [0, 0];
        const write = async (scheduler: Scheduler) => {
          written += 1;
          await scheduler.schedule({ in: "1m", to: { bucket: "out", key: `${written}` } });
        };
        const acts = {
          async set(shards: number) {
            told = (await layout.read()).shards;
            await layout.setShards(shards);
          },
          writeAsToldNow: () => write(reading),
          writeAsTold: () => write(createScheduler({ ...home, shards: told })),
          write: () => write(createScheduler(home)),
          wait: (number: number) => home.clock.advance(`${number * 3}m`),
          async sweep() {
            delivered += (await sweeper.sweep()).delivered;
          },
        };
        for (const { kind, number } of steps) await acts[kind](number);
        await home.clock.advance("11m");
        delivered += (await sweeper.sweep()).delivered;
        expect([delivered, await waiting(home)]).toEqual([written, []]);
        expect(await keysOf(home.store, "out")).toHaveLength(written);
      }),
      { numRuns: 60 },
    );
  });

  it("finds, moves and cancels an event by its id", async () => {
    const numbers = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(numbers, fc.nat({ max: 4 }), async (set, by) => {
        const home = testHome();
        const layout = createLayout(home);
        const scheduler = createScheduler({ ...home, shards: set[by % set.length] });
        const { id } = await scheduler.schedule({
          in: "1d",
          to: { bucket: "out", key: "k" },
          body: "hello",
        });
        for (const shards of set) await layout.setShards(shards);
        const other = createScheduler(home);
        expect(await other.get(id)).toMatchObject({ id });
        expect(await new Response(await other.open(id)).text()).toBe("hello");
        const moved = await other.reschedule(id, { in: "2d" });
        if (moved.outcome !== "rescheduled") throw new Error(moved.outcome);
        expect(await other.get(id)).toBeUndefined();
        expect(await other.cancel(moved.id)).toEqual({ outcome: "cancelled", id: moved.id });
        expect(await other.cancel(moved.id)).toEqual({ outcome: "not-found" });
        expect(await waiting(home)).toEqual([]);
        expect(await shardOf("x", 1)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

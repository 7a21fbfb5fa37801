import { describe, expect, it } from "vitest";
import { createScheduler } from "../scheduler/create-scheduler.js";
import { failFirst, keysOf, storeError, sweeperOf, testHome } from "../test-support/test-home.js";
import { faultyStore } from "../testing/faulty-store.js";
import { createLayout } from "./create-layout.js";

const LAYOUT = { bucket: "schedule", key: "keywhen/layout.json" };
const to = { bucket: "out", key: "k" };

describe("setShards()", () => {
  it("announces a number, which writers use from 20 minutes on", async () => {
    const home = testHome();
    const layout = createLayout(home);
    const from = new Date("2026-12-24T12:20:00.000Z");
    expect(await layout.read()).toEqual({ shards: 0, numbers: [] });
    expect(await layout.setShards(4)).toEqual({ outcome: "set", shards: 4, from });
    expect(await layout.read()).toEqual({ shards: 0, numbers: [{ shards: 4, from }] });
    await home.clock.advance("20m");
    expect(await layout.read()).toMatchObject({ shards: 4 });
    expect(await layout.setShards(4)).toEqual({ outcome: "unchanged", shards: 4, from });
  });

  it("keeps each old number, once", async () => {
    const home = testHome();
    const layout = createLayout(home);
    for (const shards of [4, 8, 4, 0]) {
      await layout.setShards(shards);
      await home.clock.advance("1h");
    }
    const { numbers, shards } = await layout.read();
    expect([shards, numbers.map((number) => number.shards)]).toEqual([0, [8, 4, 0]]);
  });

  it.each([-1, 257, 1.5, Number.NaN])("refuses %d", async (shards) => {
    const refused = createLayout(testHome()).setShards(shards);
    await expect(refused).rejects.toMatchObject({ code: "invalid-option" });
  });

  it("loses neither of two numbers that are set at once", async () => {
    const layout = createLayout(testHome());
    const home = testHome();
    const both = createLayout(home);
    const setting = Promise.all([both.setShards(4), both.setShards(8)]);
    await home.clock.advance("10s");
    await setting;
    const { numbers } = await both.read();
    expect(numbers.map(({ shards }) => shards).sort()).toEqual([4, 8]);
    expect(await layout.read()).toEqual({ shards: 0, numbers: [] });
  });

  it("finds its own write again whose answer is missing", async () => {
    const home = testHome();
    const after = failFirst("put", 1, storeError("unavailable", "put"));
    const setting = createLayout({ ...home, store: faultyStore(home.store, { after }) }).setShards(
      4,
    );
    await home.clock.advance("10s");
    expect(await setting).toMatchObject({ outcome: "set", shards: 4 });
    expect((await createLayout(home).read()).numbers).toHaveLength(1);
  });

  it("writes what is no layout anew, and has all shards looked into that there can have been", async () => {
    const home = testHome();
    await home.store.put(LAYOUT, new TextEncoder().encode("no layout"));
    const layout = createLayout(home);
    await expect(layout.read()).rejects.toMatchObject({ code: "unexpected" });
    await layout.setShards(4);
    const { numbers, shards } = await layout.read();
    expect([shards, numbers.map((number) => number.shards)]).toEqual([0, [256, 0, 4]]);
  });
});

describe("dropShards()", () => {
  /** Used 8 shards for an hour, and 4 since. */
  async function shrunk() {
    const home = testHome();
    const layout = createLayout(home);
    const scheduler = createScheduler({ ...home, shards: "layout" });
    await layout.setShards(8);
    await home.clock.advance("1h");
    const ids = [];
    for (let index = 0; index < 20; index++) {
      ids.push((await scheduler.schedule({ in: "3d", to, deliveryId: `event-${index}` })).id);
    }
    await layout.setShards(4);
    await home.clock.advance("20m");
    return { home, layout, scheduler, ids };
  }

  it("drops a number that nobody has used for a day, when no event waits by it", async () => {
    const { home, layout, scheduler, ids } = await shrunk();
    const until = new Date(home.clock.now() + 86_400_000);
    expect(await layout.dropShards(4)).toEqual({ outcome: "in-use", until: undefined });
    expect(await layout.dropShards(8)).toEqual({ outcome: "in-use", until });
    await home.clock.advance("1d");
    expect(await layout.dropShards(8)).toMatchObject({ outcome: "waiting" });
    for (const id of ids) await scheduler.cancel(id);
    expect(await layout.dropShards(8)).toEqual({ outcome: "dropped" });
    expect(await layout.dropShards(8)).toEqual({ outcome: "not-found" });
    expect((await layout.read()).numbers.map(({ shards }) => shards)).toEqual([4]);
  });

  it("loses no event, whichever is left: all that wait are found by the other numbers", async () => {
    const { home, layout, scheduler, ids } = await shrunk();
    await home.clock.advance("1d");
    for (;;) {
      const dropped = await layout.dropShards(8);
      if (dropped.outcome !== "waiting") break;
      await scheduler.cancel(dropped.id);
    }
    const left = await keysOf(home.store, "schedule");
    const waiting = left.filter((key) => key.includes("/pending"));
    expect(waiting.length).toBeGreaterThan(0);
    expect(waiting.length).toBeLessThan(ids.length);
    await home.clock.advance("3d");
    expect(await sweeperOf(home).sweep()).toMatchObject({ delivered: waiting.length });
  });
});

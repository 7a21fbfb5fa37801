import { describe, expect, it } from "vitest";
import type { StoreErrorCode } from "../errors.js";
import { shardOf } from "../key/delivery-id.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import type { ObjectStore } from "../store/object-store.js";
import { otherCodec } from "../test-support/other-codec.js";
import {
  failFirst,
  keysOf,
  storeError,
  sweeperOf,
  testSchedule,
} from "../test-support/test-schedule.js";
import { faultyStore } from "../testing/faulty-store.js";
import { createShards } from "./create-shards.js";

const SHARD_MAP = { bucket: "schedule", key: "keywhen/shards.json" };
const to = { bucket: "out", key: "k" };

describe("setShards()", () => {
  it("announces a number, which writers use from 20 minutes on", async () => {
    const home = testSchedule();
    const shardMap = createShards(home);
    const from = new Date("2026-12-24T12:20:00.000Z");
    expect(await shardMap.read()).toEqual({ shards: 0, numbers: [] });
    expect(await shardMap.setShards(4)).toEqual({ outcome: "set", shards: 4, from });
    expect(await shardMap.read()).toEqual({ shards: 0, numbers: [{ shards: 4, from }] });
    await home.clock.advance("20m");
    expect(await shardMap.read()).toMatchObject({ shards: 4 });
    expect(await shardMap.setShards(4)).toEqual({ outcome: "unchanged", shards: 4, from });
  });

  it("keeps each old number, once", async () => {
    const home = testSchedule();
    const shardMap = createShards(home);
    for (const shards of [4, 8, 4, 0]) {
      await shardMap.setShards(shards);
      await home.clock.advance("1h");
    }
    const { numbers, shards } = await shardMap.read();
    expect([shards, numbers.map((number) => number.shards)]).toEqual([0, [8, 4, 0]]);
  });

  it.each([-1, 257, 1.5, Number.NaN])("refuses %d", async (shards) => {
    const refused = createShards(testSchedule()).setShards(shards);
    await expect(refused).rejects.toMatchObject({ code: "invalid-option" });
  });

  it("loses neither of two numbers that are set at the same time", async () => {
    const shardMap = createShards(testSchedule());
    const home = testSchedule();
    const both = createShards(home);
    const setting = Promise.all([both.setShards(4), both.setShards(8)]);
    await home.clock.advance("10s");
    await setting;
    const { numbers } = await both.read();
    expect(numbers.map(({ shards }) => shards).sort()).toEqual([4, 8]);
    expect(await shardMap.read()).toEqual({ shards: 0, numbers: [] });
  });

  it("counts from this machine's time where one clock serves", async () => {
    const home = testSchedule({ clock: "shared" });
    const from = new Date("2026-12-24T12:20:00.000Z");
    expect(await createShards(home).setShards(4)).toMatchObject({ outcome: "set", from });
  });

  it("counts from this machine's time where the store's answers carry none", async () => {
    const home = testSchedule({ clock: "none" });
    const from = new Date("2026-12-24T12:20:00.000Z");
    expect(await createShards(home).setShards(4)).toMatchObject({ from });
  });

  it("writes without a condition where the store has none", async () => {
    const home = testSchedule();
    const capabilities = { ...home.store.capabilities, putIfAbsent: false, putIfVersion: false };
    const conditions: unknown[] = [];
    const put: ObjectStore["put"] = (ref, body, options) => {
      conditions.push(options?.condition);
      return home.store.put(ref, body, options);
    };
    const shardMap = createShards({ ...home, store: { ...home.store, capabilities, put } });
    expect(await shardMap.setShards(4)).toMatchObject({ outcome: "set" });
    expect(await shardMap.setShards(8)).toMatchObject({ outcome: "set" });
    expect(conditions).toEqual([undefined, undefined]);
  });

  it("gives up after ten tries if others write all the time", async () => {
    const home = testSchedule();
    let puts = 0;
    const put: ObjectStore["put"] = async (ref) => {
      puts += 1;
      const text = `{"version":1,"numbers":[],"nonce":"${puts}"}`;
      await home.store.put(ref, new TextEncoder().encode(text));
      return { outcome: "changed" };
    };
    const setting = createShards({ ...home, store: { ...home.store, put } }).setShards(4);
    const refused = expect(setting).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("10 tries met other writers"),
    });
    await home.clock.advance("2m");
    await refused;
    expect(puts).toBe(10);
  });

  it("gives up with the store's own words if it is throttled all the time", async () => {
    const home = testSchedule();
    const throttled = storeError("throttled", "put");
    const before = failFirst("put", Number.POSITIVE_INFINITY, throttled);
    const store = faultyStore(home.store, { before });
    const refused = expect(createShards({ ...home, store }).setShards(4)).rejects.toBe(throttled);
    await home.clock.advance("2m");
    await refused;
  });

  it("says what kept it from writing when it is aborted before the next try", async () => {
    const home = testSchedule();
    const failure = storeError("unavailable", "put");
    const store = faultyStore(home.store, { before: failFirst("put", 1, failure) });
    const stop = new AbortController();
    const setting = createShards({ ...home, store }).setShards(4, { signal: stop.signal });
    const refused = expect(setting).rejects.toBe(failure);
    await home.clock.advance("1ms");
    stop.abort();
    await refused;
  });

  it("stops soon with the store's own words if it can't be written", async () => {
    const home = testSchedule();
    const full = storeError("unavailable", "put", { undecided: false });
    const before = failFirst("put", Number.POSITIVE_INFINITY, full);
    const setting = createShards({
      ...home,
      store: faultyStore(home.store, { before }),
    }).setShards(4);
    const stopped = expect(setting).rejects.toBe(full);
    await home.clock.advance("3s");
    await stopped;
  });

  it("tries again after a conflict, and throws what is denied or aborted", async () => {
    const home = testSchedule();
    const failing = (code: StoreErrorCode, times: number) =>
      createShards({
        ...home,
        store: faultyStore(home.store, {
          before: failFirst("put", times, storeError(code, "put")),
        }),
      });
    for (const code of ["denied", "aborted"] as const) {
      await expect(failing(code, 9).setShards(4)).rejects.toMatchObject({ code });
    }
    const setting = failing("throttled", 1).setShards(4);
    await home.clock.advance("10s");
    expect(await setting).toMatchObject({ outcome: "set" });
  });

  it("has nothing to do with keys of a format that knows no shards", async () => {
    const shardMap = createShards({ ...testSchedule(), codec: otherCodec });
    for (const changing of [shardMap.setShards(4), shardMap.dropShards(4)]) {
      await expect(changing).rejects.toMatchObject({
        code: "invalid-option",
        message: expect.stringContaining("can't be in shards"),
      });
    }
  });

  it("finds its own write again whose answer is missing", async () => {
    const home = testSchedule();
    const after = failFirst("put", 1, storeError("unavailable", "put"));
    const setting = createShards({ ...home, store: faultyStore(home.store, { after }) }).setShards(
      4,
    );
    await home.clock.advance("10s");
    expect(await setting).toMatchObject({ outcome: "set", shards: 4 });
    expect((await createShards(home).read()).numbers).toHaveLength(1);
  });

  it("does not believe an instant years ahead: the number is announced again, or can be dropped", async () => {
    const home = testSchedule();
    const announce = (...numbers: readonly object[]) =>
      home.store.put(SHARD_MAP, new TextEncoder().encode(JSON.stringify({ version: 1, numbers })));
    const past = { shards: 2, from: "2026-01-01T00:00:00.000Z" };
    const ahead = { shards: 4, from: "9999-01-01T00:00:00.000Z" };
    const from = new Date("2026-12-24T12:20:00.000Z");
    const shardMap = createShards(home);
    await announce(past, ahead);
    expect(await shardMap.setShards(4)).toEqual({ outcome: "set", shards: 4, from });
    expect((await shardMap.read()).numbers.at(-1)).toEqual({ shards: 4, from });
    await announce(past, ahead);
    expect(await shardMap.setShards(8)).toEqual({ outcome: "set", shards: 8, from });
    const { numbers } = await shardMap.read();
    expect(numbers.map(({ shards }) => shards).toSorted()).toEqual([2, 4, 8]);
    expect(Math.max(...numbers.map((number) => number.from.getTime()))).toBe(from.getTime());
    await announce(past, ahead);
    expect(await shardMap.dropShards(4)).toEqual({ outcome: "dropped" });
    expect((await shardMap.read()).numbers.map(({ shards }) => shards)).toEqual([2]);
  });

  it("has writers use no shards while the only number is announced for years ahead", async () => {
    const home = testSchedule();
    const numbers = [{ shards: 4, from: "9999-01-01T00:00:00.000Z" }];
    await home.store.put(
      SHARD_MAP,
      new TextEncoder().encode(JSON.stringify({ version: 1, numbers })),
    );
    const shardMap = await createShards(home).read();
    expect([shardMap.shards, shardMap.numbers.map(({ shards }) => shards)]).toEqual([0, [4, 0]]);
  });

  it("replaces an object that is not a shard map, and makes sweepers look into all possible shards", async () => {
    const home = testSchedule();
    await home.store.put(SHARD_MAP, new TextEncoder().encode("no shard map"));
    const shardMap = createShards(home);
    await expect(shardMap.read()).rejects.toMatchObject({ code: "unexpected" });
    await shardMap.setShards(4);
    const { numbers, shards } = await shardMap.read();
    expect([shards, numbers.map((number) => number.shards)]).toEqual([0, [256, 0, 4]]);
  });
});

const DAY_MS = 86_400_000;

describe("dropShards()", () => {
  /** Used 8 shards for an hour, and 4 since. */
  async function shrunk() {
    const home = testSchedule();
    const shardMap = createShards(home);
    const scheduler = createScheduler({ ...home, shards: "map" });
    await shardMap.setShards(8);
    await home.clock.advance("1h");
    const ids = [];
    for (let index = 0; index < 20; index++) {
      const at = new Date(home.clock.now() + 3 * DAY_MS);
      ids.push((await scheduler.schedule({ at, to, deliveryId: `event-${index}` })).id);
    }
    await shardMap.setShards(4);
    await home.clock.advance("20m");
    return { home, shardMap, scheduler, ids };
  }

  it("drops a number that no writer has used for a day, when no event waits by it", async () => {
    const { home, shardMap, scheduler, ids } = await shrunk();
    const until = new Date(home.clock.now() + 86_400_000);
    expect(await shardMap.dropShards(4)).toEqual({ outcome: "in-use", until: undefined });
    expect(await shardMap.dropShards(8)).toEqual({ outcome: "in-use", until });
    await home.clock.advance("1d");
    expect(await shardMap.dropShards(8)).toMatchObject({ outcome: "waiting" });
    for (const id of ids) await scheduler.cancel(id);
    expect(await shardMap.dropShards(8)).toEqual({ outcome: "dropped" });
    expect(await shardMap.dropShards(8)).toEqual({ outcome: "not-found" });
    expect((await shardMap.read()).numbers.map(({ shards }) => shards)).toEqual([4]);
  });

  it("loses no event: all that wait are found by the numbers that are left", async () => {
    const { home, shardMap, scheduler, ids } = await shrunk();
    await home.clock.advance("1d");
    for (;;) {
      const dropped = await shardMap.dropShards(8);
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

  it("keeps a number whose use is announced only", async () => {
    const home = testSchedule();
    const shardMap = createShards(home);
    await shardMap.setShards(8);
    expect(await shardMap.dropShards(8)).toEqual({ outcome: "in-use", until: undefined });
  });

  it("throws if the object is not a shard map", async () => {
    const home = testSchedule();
    await home.store.put(SHARD_MAP, new TextEncoder().encode("no shard map"));
    await expect(createShards(home).dropShards(8)).rejects.toMatchObject({ code: "unexpected" });
  });

  it("says that it has dropped a number though the answer to its own write was missing", async () => {
    const home = testSchedule();
    await createShards(home).setShards(8);
    await home.clock.advance("1h");
    await createShards(home).setShards(16);
    await home.clock.advance("2d");
    const after = failFirst("put", 1, storeError("unavailable", "put"));
    const store = faultyStore(home.store, { after });
    const dropping = createShards({ ...home, store }).dropShards(8);
    await home.clock.advance("10s");
    expect(await dropping).toEqual({ outcome: "dropped" });
  });

  it("lets unrecognized objects and hand-written keys of lasting shards lie where they are", async () => {
    const { home, shardMap, scheduler, ids } = await shrunk();
    for (const id of ids) await scheduler.cancel(id);
    const key = "keywhen/pending.00/2026-12-30T12:00:00.000Z|out|by-hand";
    await home.store.put({ bucket: "schedule", key }, new Uint8Array());
    await home.store.put(
      { bucket: "schedule", key: "keywhen/pending.07/unrecognized" },
      new Uint8Array(),
    );
    await home.clock.advance("1d");
    expect(await shardMap.dropShards(8)).toEqual({ outcome: "dropped" });
  });

  it("waits for a hand-written key in a shard that no other number has", async () => {
    const { home, shardMap, scheduler, ids } = await shrunk();
    for (const id of ids) await scheduler.cancel(id);
    const id = "2026-12-30T12:00:00.000Z|out|by-hand";
    await home.store.put({ bucket: "schedule", key: `keywhen/pending.07/${id}` }, new Uint8Array());
    await home.clock.advance("1d");
    expect(await shardMap.dropShards(8)).toEqual({ outcome: "waiting", id });
  });

  it("waits for an event that only this number finds, in a shard that others sweep as well", async () => {
    const home = testSchedule();
    const shardMap = createShards(home);
    const deliveryId = await idInShards({ 8: 2, 12: 6 });
    await shardMap.setShards(8);
    await home.clock.advance("1h");
    const scheduler = createScheduler({ ...home, shards: "map" });
    const at = new Date(home.clock.now() + 9 * DAY_MS);
    const { id } = await scheduler.schedule({ at, to, deliveryId });
    await shardMap.setShards(12);
    await home.clock.advance("2d");
    expect(await shardMap.dropShards(8)).toEqual({ outcome: "waiting", id });
    await shardMap.setShards(0);
    await home.clock.advance("2d");
    expect(await shardMap.dropShards(8)).toEqual({ outcome: "waiting", id });
  });
});

/** A delivery id that is in the given shard of each number of shards. */
async function idInShards(wanted: Readonly<Record<number, number>>): Promise<string> {
  for (let index = 0; ; index++) {
    const id = `event-${index}`;
    const found = await Promise.all(
      Object.entries(wanted).map(
        async ([shards, shard]) => (await shardOf(id, Number(shards))) === shard,
      ),
    );
    if (found.every(Boolean)) return id;
  }
}

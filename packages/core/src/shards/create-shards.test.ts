import { describe, expect, it } from "vitest";
import { shardOf } from "../key/delivery-id.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import type { ObjectStore } from "../store/object-store.js";
import { otherCodec } from "../test-support/other-codec.js";
import {
  failFirst,
  keysOf,
  storeError,
  sweeperOf,
  type TestSchedule,
  testSchedule,
} from "../test-support/test-schedule.js";
import { faultyStore } from "../testing/faulty-store.js";
import { createShards, type Shards } from "./create-shards.js";

const SHARD_MAP = { bucket: "schedule", key: "keywhen/shards.json" };
const to = { bucket: "out", key: "k" };

const write = ({ store }: TestSchedule, text: string) =>
  store.put(SHARD_MAP, new TextEncoder().encode(text));

const announce = (schedule: TestSchedule, ...numbers: readonly object[]) =>
  write(schedule, JSON.stringify({ version: 1, numbers }));

/** The number that writers use, and all numbers. */
async function numbersIn(shardMap: Shards) {
  const { shards, numbers } = await shardMap.read();
  return [shards, numbers.map((number) => number.shards)];
}

/** A schedule whose first put is not answered. */
function withoutFirstAnswer(schedule: TestSchedule): TestSchedule {
  const after = failFirst("put", 1, storeError("unavailable", "put"));
  return { ...schedule, store: faultyStore(schedule.store, { after }) };
}

describe("setShards()", () => {
  it("announces a number that writers use after 20 minutes", async () => {
    const schedule = testSchedule();
    const shardMap = createShards(schedule);
    const from = new Date("2026-12-24T12:20:00.000Z");
    expect(await shardMap.read()).toEqual({ shards: 0, numbers: [] });
    expect(await shardMap.setShards(4)).toEqual({ outcome: "set", shards: 4, from });
    expect(await shardMap.read()).toEqual({ shards: 0, numbers: [{ shards: 4, from }] });
    await schedule.clock.advance("20m");
    expect(await shardMap.read()).toMatchObject({ shards: 4 });
    expect(await shardMap.setShards(4)).toEqual({ outcome: "unchanged", shards: 4, from });
  });

  it("keeps each old number, once", async () => {
    const schedule = testSchedule();
    const shardMap = createShards(schedule);
    for (const shards of [4, 8, 4, 0]) {
      await shardMap.setShards(shards);
      await schedule.clock.advance("1h");
    }
    expect(await numbersIn(shardMap)).toEqual([0, [8, 4, 0]]);
  });

  it.each([-1, 257, 1.5, Number.NaN])("refuses %d", async (shards) => {
    const refused = createShards(testSchedule()).setShards(shards);
    await expect(refused).rejects.toMatchObject({ code: "invalid-option" });
  });

  it("counts from this machine's time if the store has none", async () => {
    const schedule = testSchedule({ clock: "none" });
    const from = new Date("2026-12-24T12:20:00.000Z");
    expect(await createShards(schedule).setShards(4)).toMatchObject({ from });
  });

  it("stops after ten tries against other writers", async () => {
    const schedule = testSchedule();
    let puts = 0;
    const put: ObjectStore["put"] = async () => {
      puts += 1;
      await announce(schedule, { shards: puts, from: "2026-12-24T12:00:00.000Z" });
      return { outcome: "changed" };
    };
    const store = { ...schedule.store, put };
    const setting = createShards({ ...schedule, store }).setShards(99);
    const refused = expect(setting).rejects.toMatchObject({ code: "conflict" });
    await schedule.clock.advance("2m");
    await refused;
    expect(puts).toBe(10);
  });

  it("rejects a key format that has no shards", async () => {
    const shardMap = createShards({ ...testSchedule(), codec: otherCodec });
    for (const changing of [shardMap.setShards(4), shardMap.dropShards(4)]) {
      await expect(changing).rejects.toMatchObject({
        code: "invalid-option",
        message: expect.stringContaining("does not support shards"),
      });
    }
  });

  it("recognizes its own unanswered write", async () => {
    const schedule = testSchedule();
    const setting = createShards(withoutFirstAnswer(schedule)).setShards(4);
    await schedule.clock.advance("10s");
    expect(await setting).toMatchObject({ outcome: "set", shards: 4 });
    expect((await createShards(schedule).read()).numbers).toHaveLength(1);
  });

  it("ignores an instant years ahead", async () => {
    const schedule = testSchedule();
    const past = { shards: 2, from: "2026-01-01T00:00:00.000Z" };
    const ahead = { shards: 4, from: "9999-01-01T00:00:00.000Z" };
    const from = new Date("2026-12-24T12:20:00.000Z");
    const shardMap = createShards(schedule);
    await announce(schedule, past, ahead);
    expect(await shardMap.setShards(4)).toEqual({ outcome: "set", shards: 4, from });
    expect((await shardMap.read()).numbers.at(-1)).toEqual({ shards: 4, from });
    await announce(schedule, past, ahead);
    expect(await shardMap.setShards(8)).toEqual({ outcome: "set", shards: 8, from });
    const { numbers } = await shardMap.read();
    expect(numbers.map(({ shards }) => shards).toSorted()).toEqual([2, 4, 8]);
    expect(Math.max(...numbers.map((number) => number.from.getTime()))).toBe(from.getTime());
    await announce(schedule, past, ahead);
    expect(await shardMap.dropShards(4)).toEqual({ outcome: "dropped" });
    expect(await numbersIn(shardMap)).toEqual([2, [2]]);
  });

  it("uses no shards while the only number is announced for years ahead", async () => {
    const schedule = testSchedule();
    await announce(schedule, { shards: 4, from: "9999-01-01T00:00:00.000Z" });
    expect(await numbersIn(createShards(schedule))).toEqual([0, [4, 0]]);
  });

  it("replaces an object that is no shard map by one with all possible shards", async () => {
    const schedule = testSchedule();
    await write(schedule, "no shard map");
    const shardMap = createShards(schedule);
    await expect(shardMap.read()).rejects.toMatchObject({ code: "unexpected" });
    await shardMap.setShards(4);
    expect(await numbersIn(shardMap)).toEqual([0, [256, 0, 4]]);
  });
});

const DAY_MS = 86_400_000;

describe("dropShards()", () => {
  /** Used 8 shards for an hour, and 4 since. */
  async function shrunk() {
    const schedule = testSchedule();
    const shardMap = createShards(schedule);
    const scheduler = createScheduler({ ...schedule, shards: "map" });
    await shardMap.setShards(8);
    await schedule.clock.advance("1h");
    const ids = [];
    for (let index = 0; index < 20; index++) {
      const at = new Date(schedule.clock.now() + 3 * DAY_MS);
      ids.push((await scheduler.schedule({ at, to, deliveryId: `event-${index}` })).id);
    }
    await shardMap.setShards(4);
    await schedule.clock.advance("20m");
    return { schedule, shardMap, scheduler, ids };
  }

  it("drops a number that is unused for a day, if no waiting event depends on it", async () => {
    const { schedule, shardMap, scheduler, ids } = await shrunk();
    const until = new Date(schedule.clock.now() + 86_400_000);
    expect(await shardMap.dropShards(4)).toEqual({ outcome: "in-use", until: undefined });
    expect(await shardMap.dropShards(8)).toEqual({ outcome: "in-use", until });
    await schedule.clock.advance("1d");
    expect(await shardMap.dropShards(8)).toMatchObject({ outcome: "waiting" });
    for (const id of ids) await scheduler.cancel(id);
    expect(await shardMap.dropShards(8)).toEqual({ outcome: "dropped" });
    expect(await shardMap.dropShards(8)).toEqual({ outcome: "not-found" });
    expect(await numbersIn(shardMap)).toEqual([4, [4]]);
  });

  it("loses no event", async () => {
    const { schedule, shardMap, scheduler, ids } = await shrunk();
    await schedule.clock.advance("1d");
    for (;;) {
      const dropped = await shardMap.dropShards(8);
      if (dropped.outcome !== "waiting") break;
      await scheduler.cancel(dropped.id);
    }
    const left = await keysOf(schedule.store, "schedule");
    const waiting = left.filter((key) => key.includes("/pending"));
    expect(waiting.length).toBeGreaterThan(0);
    expect(waiting.length).toBeLessThan(ids.length);
    await schedule.clock.advance("3d");
    expect(await sweeperOf(schedule).sweep()).toMatchObject({ delivered: waiting.length });
  });

  it("keeps an announced number", async () => {
    const schedule = testSchedule();
    const shardMap = createShards(schedule);
    await shardMap.setShards(8);
    expect(await shardMap.dropShards(8)).toEqual({ outcome: "in-use", until: undefined });
  });

  it("throws if the object is not a shard map", async () => {
    const schedule = testSchedule();
    await write(schedule, "no shard map");
    await expect(createShards(schedule).dropShards(8)).rejects.toMatchObject({
      code: "unexpected",
    });
  });

  it("recognizes its own unanswered write", async () => {
    const schedule = testSchedule();
    await createShards(schedule).setShards(8);
    await schedule.clock.advance("1h");
    await createShards(schedule).setShards(16);
    await schedule.clock.advance("2d");
    const dropping = createShards(withoutFirstAnswer(schedule)).dropShards(8);
    await schedule.clock.advance("10s");
    expect(await dropping).toEqual({ outcome: "dropped" });
  });

  const BY_HAND = "2026-12-30T12:00:00.000Z|out|by-hand";

  it.each([
    ["ignores an unrecognized object", "07", "unrecognized", { outcome: "dropped" }],
    ["ignores a hand-written key in a shard that remains", "00", BY_HAND, { outcome: "dropped" }],
    [
      "waits for a hand-written key in a shard of no other number",
      "07",
      BY_HAND,
      { outcome: "waiting", id: BY_HAND },
    ],
  ])("%s", async (_, shard, id, expected) => {
    const { schedule, shardMap, scheduler, ids } = await shrunk();
    for (const event of ids) await scheduler.cancel(event);
    const ref = { bucket: "schedule", key: `keywhen/pending.${shard}/${id}` };
    await schedule.store.put(ref, new Uint8Array());
    await schedule.clock.advance("1d");
    expect(await shardMap.dropShards(8)).toEqual(expected);
  });

  it("waits for an event that only this number finds, in a shard that remains", async () => {
    const schedule = testSchedule();
    const shardMap = createShards(schedule);
    const deliveryId = await idInShards({ 8: 2, 12: 6 });
    await shardMap.setShards(8);
    await schedule.clock.advance("1h");
    const scheduler = createScheduler({ ...schedule, shards: "map" });
    const at = new Date(schedule.clock.now() + 9 * DAY_MS);
    const { id } = await scheduler.schedule({ at, to, deliveryId });
    await shardMap.setShards(12);
    await schedule.clock.advance("2d");
    expect(await shardMap.dropShards(8)).toEqual({ outcome: "waiting", id });
    await shardMap.setShards(0);
    await schedule.clock.advance("2d");
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

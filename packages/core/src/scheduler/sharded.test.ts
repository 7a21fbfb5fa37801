import { describe, expect, it } from "vitest";
import { eventId } from "../key/event-id.js";
import { createShards } from "../shards/create-shards.js";
import type { ObjectStore } from "../store/object-store.js";
import {
  keysOf,
  record,
  shardedSchedule,
  testSchedule,
  waiting,
  writeByHand,
} from "../test-support/test-schedule.js";
import { createScheduler } from "./create-scheduler.js";

const at = "2026-12-25T12:00:00.000Z";
const to = { bucket: "out", key: "k" };
const isGet = (request: string) => request.startsWith("get ");

describe("schedule()", () => {
  it("sends one PUT into the shard of its configured number", async () => {
    const schedule = testSchedule();
    const { sent, store } = record(schedule.store);
    const scheduler = createScheduler({ ...schedule, store, shards: 4 });
    const { id } = await scheduler.schedule({ at, to, deliveryId: "order-42" });
    expect(id).toBe(eventId({ at, to, deliveryId: "order-42" }));
    expect(sent).toEqual([`put schedule/keywhen/pending.03/${id}`]);
    expect(await waiting(schedule)).toEqual([`keywhen/pending.03/${id}`]);
  });

  it("reads the shard map every ten minutes, and uses a new number from its instant on", async () => {
    const schedule = testSchedule();
    const { sent, store } = record(schedule.store);
    const scheduler = createScheduler({ ...schedule, store, shards: "map" });
    const write = async () => (await scheduler.schedule({ at, to })).id;
    await createShards(schedule).setShards(4);
    for (let minute = 0; minute < 19; minute++) {
      await write();
      await schedule.clock.advance("1m");
    }
    expect((await waiting(schedule)).every((key) => key.startsWith("keywhen/pending/"))).toBe(true);
    await schedule.clock.advance("1m");
    const id = await write();
    expect((await waiting(schedule)).find((key) => key.endsWith(id))).toMatch(
      /^keywhen\/pending\.0/,
    );
    expect(sent.filter(isGet)).toHaveLength(3);
  });

  it("reads the shard map once for a batch", async () => {
    const schedule = await shardedSchedule(4);
    const { sent, store } = record(schedule.store);
    const events = Array.from({ length: 100 }, () => ({ at, to }));
    await createScheduler({ ...schedule, store, shards: "map" }).scheduleMany(events);
    expect(sent.filter(isGet)).toHaveLength(1);
  });

  it("finds a chosen id that was scheduled with another number", async () => {
    const schedule = await shardedSchedule(4);
    const event = { at, to, deliveryId: "order-42" };
    await createScheduler(schedule).schedule(event);
    const sharded = createScheduler({ ...schedule, shards: "map" });
    expect(await sharded.schedule(event)).toMatchObject({ outcome: "exists" });
    expect(await waiting(schedule)).toHaveLength(1);
  });

  it("refuses a chosen id that closes while other partitions are searched", async () => {
    const schedule = await shardedSchedule(4);
    const head: ObjectStore["head"] = async (ref, call) => {
      await schedule.clock.sleep(8_000);
      return schedule.store.head(ref, call);
    };
    const store = { ...schedule.store, head };
    const scheduler = createScheduler({ ...schedule, store, shards: "map" });
    const soon = new Date(schedule.clock.now() + 10_000); // closes 4 s before
    const scheduling = scheduler.schedule({ at: soon, to, deliveryId: "order-42" });
    const refused = expect(scheduling).rejects.toMatchObject({ code: "too-late" });
    await schedule.clock.advance("8s");
    await refused;
    expect(await waiting(schedule)).toEqual([]);
  });
});

describe("list()", () => {
  it("gives the events of all shards in due order", async () => {
    const schedule = await shardedSchedule(4);
    const scheduler = createScheduler({ ...schedule, shards: "map" });
    const ids: string[] = [];
    for (let index = 0; index < 60; index++) {
      ids.push((await scheduler.schedule({ in: `${((index * 7) % 60) + 1}h`, to })).id);
    }
    const byHand = `${at}|out|by-hand`;
    await writeByHand(schedule.store, byHand);
    const sorted = [...ids, byHand].sort();
    const listed = async (filter = {}) => {
      const found: string[] = [];
      for await (const { id } of scheduler.list(filter)) found.push(id);
      return found;
    };
    expect(await listed()).toEqual(sorted);
    expect(await listed({ limit: 7 })).toEqual(sorted.slice(0, 7));
    expect(await listed({ after: sorted[6], limit: 20 })).toEqual(sorted.slice(7, 27));
  });
});

describe("cancel()", () => {
  it("cancels an event that two writers with different numbers have written", async () => {
    const schedule = await shardedSchedule(4);
    const event = { at, to, deliveryId: "order-42" };
    const { id } = await createScheduler({ ...schedule, shards: 4 }).schedule(event);
    await createScheduler(schedule).schedule(event);
    expect(await waiting(schedule)).toHaveLength(2);
    expect(await createScheduler(schedule).cancel(id)).toEqual({ outcome: "cancelled", id });
    expect(await waiting(schedule)).toEqual([]);
  });

  it("cancels an overdue event by the lease of its shard", async () => {
    const schedule = await shardedSchedule(4);
    const scheduler = createScheduler({ ...schedule, shards: "map" });
    const at = new Date(schedule.clock.now() + 60_000);
    const { id } = await scheduler.schedule({ at, to, deliveryId: "order-42" });
    await schedule.clock.advance("5m");
    expect(await scheduler.cancel(id, { overdue: true })).toEqual({ outcome: "cancelled", id });
    expect(await scheduler.cancel(id, { overdue: true })).toEqual({ outcome: "not-found" });
    const leases = (await keysOf(schedule.store, "schedule")).filter((key) =>
      key.includes("lease"),
    );
    expect(leases).toEqual([expect.stringMatching(/sweep\.0[0-3]\.json$/)]);
  });
});

describe("reschedule()", () => {
  it("keeps the event in its shard after a change of the number", async () => {
    const schedule = await shardedSchedule(4);
    const scheduler = createScheduler({ ...schedule, shards: "map" });
    const { id } = await scheduler.schedule({ at, to, deliveryId: "order-42" });
    const [before = ""] = await waiting(schedule);
    await createShards(schedule).setShards(16);
    await schedule.clock.advance("20m");
    await scheduler.reschedule(id, { in: "3d" });
    const [after = ""] = await waiting(schedule);
    expect(after.split("/")[1]).toBe(before.split("/")[1]);
    expect(after).not.toBe(before);
  });
});

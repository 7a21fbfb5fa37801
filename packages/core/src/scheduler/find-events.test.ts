import { describe, expect, it } from "vitest";
import type { ObjectStore } from "../store/object-store.js";
import { schedulerOnFaulty, schedulerWith, to } from "../test-support/one-event.js";
import { otherCodec } from "../test-support/other-codec.js";
import {
  record,
  scheduleWith,
  shardedSchedule,
  storeError,
  type TestSchedule,
  testSchedule,
  writeByHand,
} from "../test-support/test-schedule.js";
import { createScheduler } from "./create-scheduler.js";
import type { EventQuery } from "./event-query.js";

const IDS = [
  "2026-12-24T12:00:00.000Z|a|x|order-42",
  "2026-12-24T13:00:00.000Z|a|y/1|order-42~0123abcd",
  "2026-12-24T13:00:00.000Z|b|y/2|order-42%2F",
  "2026-12-24T14:00:00.000Z|a|y/3|order-42/mail~x60000",
  "2026-12-24T15:00:00.000Z|a|y/3",
  "2026-12-24T16:00:00.000Z|a|x|größe",
] as const;
const NO_EVENTS = [
  "2026-12-24T13:00:00.000Zforeign",
  "2026-12-24T13:30:00.000Z|a|k|order-42@1~ghijklmn",
  "notes.txt",
];

async function idsOf(events: AsyncIterable<{ readonly id: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of events) ids.push(id);
  return ids.sort();
}

async function found(query: object): Promise<number[]> {
  const schedule = await scheduleWith(IDS.map((id) => id.replace("größe", "gr%C3%B6%C3%9Fe")));
  for (const id of NO_EVENTS) await writeByHand(schedule.store, id);
  const ids = await idsOf(createScheduler(schedule).find(query as EventQuery));
  return ids.map((id) =>
    IDS.findIndex((one) => decodeURIComponent(id) === decodeURIComponent(one)),
  );
}

/** A schedule of events one second apart, with the delivery ids id-0, id-1, …, and a store that gives 10 a page. */
async function scheduleOf(count: number, schedule = testSchedule()): Promise<TestSchedule> {
  for (let index = 0; index < count; index++) {
    const at = new Date(Date.parse("2026-12-25T00:00:00Z") + index * 1_000).toISOString();
    await writeByHand(schedule.store, `${at}|out|${index}|id-${index}`, "");
  }
  const list: ObjectStore["list"] = (page, call) =>
    schedule.store.list({ ...page, limit: 10 }, call);
  return { ...schedule, store: { ...schedule.store, list } };
}

describe("find()", () => {
  it.each<[string, object, number[]]>([
    ["with a delivery id, also those that were moved", { deliveryId: "order-42" }, [0, 1]],
    ["with a delivery id that is escaped in keys", { deliveryId: "größe" }, [5]],
    ["whose delivery id has a beginning", { deliveryIdPrefix: "order-42/" }, [2, 3]],
    ["for a bucket", { to: { bucket: "b" } }, [2]],
    ["for a key prefix", { to: { bucket: "a", keyPrefix: "y/" } }, [1, 3, 4]],
    ["from an instant, inclusive", { deliveryId: "order-42", from: "2026-12-24T13:00Z" }, [1]],
    ["until an instant, exclusive", { deliveryId: "order-42", until: "2026-12-24T13:00Z" }, [0]],
    ["that do not exist", { deliveryId: "order" }, []],
  ])("gives the events %s", async (_, query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  it("shows what a listing shows", async () => {
    const schedule = testSchedule();
    const scheduler = createScheduler(schedule);
    const event = { at: "2026-12-24T13:00Z", to, deliveryId: "id", expiresAfter: "1m", body: "12" };
    const { id } = await scheduler.schedule(event as never);
    for await (const one of scheduler.find({ deliveryId: "id" })) {
      expect(one).toEqual({
        id,
        at: new Date("2026-12-24T13:00:00.000Z"),
        to,
        deliveryId: "id",
        size: 2,
        writtenAt: new Date("2026-12-24T12:00:00.000Z"),
        expiresAt: new Date("2026-12-24T13:01:00.000Z"),
      });
    }
    expect.assertions(1);
  });

  it.each<[unknown, string, string]>([
    [{}, "invalid-option", "(got none of them)"],
    [{ deliveryId: undefined }, "invalid-option", "(got none of them)"],
    [{ deliveryId: "x", to: { bucket: "b" } }, "invalid-option", "(got deliveryId and to)"],
    [{ deliveryIdPrefix: "" }, "invalid-option", 'such as order-42/ (got "")'],
    [{ deliveryIdPrefix: 42 }, "invalid-option", "such as order-42/ (got 42)"],
    [{ deliveryId: "" }, "invalid-id", "delivery"],
    [{ to: "out/*" }, "invalid-option", "to must be { bucket, keyPrefix? }"],
    [{ to: { bucket: "out", key: "k" } }, "invalid-option", 'A query\'s to has no option "key".'],
    [{ deliveryId: "x", limit: 0 }, "invalid-option", "limit"],
    [{ deliveryId: "x", from: "soon" }, "invalid-time", "soon"],
    [{ deliveryid: "x" }, "invalid-option", 'Did you mean "deliveryId"?'],
    ["order-42", "invalid-option", "A query must be an object"],
  ])("refuses the query %j", async (query, code, part) => {
    const message = expect.stringContaining(part);
    await expect(found(query as object)).rejects.toMatchObject({ code, message });
  });

  it.each<[unknown, string]>([
    [{ onProgres: () => {} }, 'Did you mean "onProgress"?'],
    [{ onProgress: true }, "onProgress must be a function (got true)"],
    [{ signal: new AbortController() }, "signal must be an AbortSignal"],
  ])("refuses the options %o", async (options, part) => {
    const events = createScheduler(testSchedule()).find({ deliveryId: "x" }, options as never);
    await expect(idsOf(events)).rejects.toThrow(part);
  });

  it("reads up to 16 pages at the same time, in few LISTs, and reports how far it is", async () => {
    const schedule = await scheduleOf(2_000);
    let [lists, atOnce, most] = [0, 0, 0];
    const list: ObjectStore["list"] = async (page, call) => {
      lists += 1;
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setTimeout(resolve, 1));
      atOnce -= 1;
      return schedule.store.list(page, call);
    };
    const progress: object[] = [];
    const onProgress = (one: object) => progress.push(one);
    const query = { deliveryIdPrefix: "id-1" };
    const ids = await idsOf(schedulerWith(schedule, { list }).find(query, { onProgress }));
    expect(ids).toHaveLength(1_111);
    expect(most).toBe(16);
    expect(lists).toBeLessThanOrEqual(200 * (9 / 8) + 17);
    expect(progress).toHaveLength(lists);
    expect(progress.at(-1)).toEqual({ read: 2_000, found: 1_111 });
  });

  it("reads nothing outside the range of time", async () => {
    const schedule = await scheduleOf(300);
    const { sent, store } = record(schedule.store);
    const range = { from: "2026-12-25T00:04Z", until: "2026-12-25T00:04:08Z" };
    const events = createScheduler({ ...schedule, store }).find({
      to: { bucket: "out" },
      ...range,
    });
    expect(await idsOf(events)).toHaveLength(8);
    expect(sent.filter((request) => request.startsWith("list"))).toHaveLength(1);
  });

  it("reads no more while its caller does not ask for more", async () => {
    const schedule = await scheduleOf(1_000);
    const { sent, store } = record(schedule.store);
    const events = createScheduler({ ...schedule, store }).find({ deliveryIdPrefix: "id-" });
    const asking = events[Symbol.asyncIterator]();
    await asking.next();
    await schedule.clock.advance("1m");
    expect(sent.filter((request) => request.startsWith("list")).length).toBeLessThanOrEqual(17);
    await asking.return?.();
  });

  it("ends after `limit` events, and then ends the requests in flight", async () => {
    const schedule = await scheduleOf(1_000);
    let [lists, aborted] = [0, 0];
    const list: ObjectStore["list"] = async (page, call) => {
      if (++lists <= 5) return schedule.store.list(page, call);
      await new Promise((resolve) => call?.signal?.addEventListener("abort", resolve));
      aborted += 1;
      throw storeError("aborted", "list");
    };
    const events = schedulerWith(schedule, { list }).find({ deliveryIdPrefix: "id-", limit: 25 });
    expect(await idsOf(events)).toHaveLength(25);
    expect(aborted).toBe(lists - 5);
  });

  it("throws the failure of a page, also of one that is read ahead", async () => {
    const schedule = await scheduleOf(1_000);
    let lists = 0;
    const scheduler = schedulerOnFaulty(schedule, {
      before: ({ kind }) =>
        kind === "list" && ++lists > 5 ? storeError("denied", "list") : undefined,
    });
    let read = 0;
    const reading = (async () => {
      for await (const _ of scheduler.find({ deliveryIdPrefix: "id-" })) {
        read += 1;
        await schedule.clock.advance("1s"); // an unhandled rejection would fail this test
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: "denied" });
    expect(read).toBeGreaterThan(0);
  });

  it("ends when its signal aborts", async () => {
    const schedule = await scheduleOf(1_000);
    const abort = new AbortController();
    const scheduler = createScheduler(schedule);
    const onProgress = () => abort.abort();
    const query = { deliveryIdPrefix: "id-" };
    const events = scheduler.find(query, { signal: abort.signal, onProgress });
    await expect(idsOf(events)).rejects.toMatchObject({ code: "aborted" });
    const aborted = scheduler.find(query, { signal: AbortSignal.abort() });
    await expect(idsOf(aborted)).rejects.toMatchObject({ code: "aborted" });
  });

  it("decides by the instant if a codec's keys are only almost in the order of time", async () => {
    const schedule = await scheduleOf(500);
    const scheduler = createScheduler({ ...schedule, codec: otherCodec });
    const range = { from: "2026-12-25T00:01Z", until: "2026-12-25T00:07Z" };
    const ids = await idsOf(scheduler.find({ deliveryIdPrefix: "id-", ...range }));
    expect(ids).toHaveLength(360);
    expect(new Set(ids).size).toBe(360);
  });

  it("reads every shard, but only the partitions of a whole delivery id", async () => {
    const schedule = await shardedSchedule(16);
    const scheduler = createScheduler({ ...schedule, shards: "map" });
    const at = "2026-12-25T12:00:00Z";
    for (let index = 0; index < 50; index++) {
      await scheduler.schedule({ at, to, deliveryId: `order-${index}` });
    }
    await createScheduler(schedule).schedule({ at, to, deliveryId: "order-by-hand" });
    const { sent, store } = record(schedule.store);
    const listsOf = async (query: EventQuery) => {
      const ids = await idsOf(createScheduler({ ...schedule, store }).find(query));
      const lists = sent.splice(0).filter((request) => request.startsWith("list"));
      return [ids.length, lists.length];
    };
    expect(await listsOf({ deliveryIdPrefix: "order-" })).toEqual([51, 17]);
    expect(await listsOf({ to: { bucket: to.bucket } })).toEqual([51, 17]);
    expect(await listsOf({ deliveryId: "order-42" })).toEqual([1, 2]);
    expect(await listsOf({ deliveryId: "order-by-hand" })).toEqual([1, 2]);
  });
});

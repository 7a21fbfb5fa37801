import { describe, expect, it } from "vitest";
import type { ObjectStore } from "../store/object-store.js";
import { schedulerOnFaulty, schedulerWith, to } from "../test-support/one-event.js";
import {
  record,
  shardedSchedule,
  storeError,
  type TestSchedule,
  testSchedule,
  waiting,
  waitingIn,
} from "../test-support/test-schedule.js";
import { createScheduler } from "./create-scheduler.js";
import { GroupIncompleteError } from "./group-incomplete-error.js";

const at = "2026-12-25T12:00:00.000Z";
const LATER = "2026-12-26T12:00:00.000Z";
const NONE = { cancelled: 0, "not-found": 0, "too-late": 0, undecided: 0 };
const NONE_MOVED = { rescheduled: 0, "not-found": 0, "too-late": 0, undecided: 0 };
const ORDER_42 = { deliveryIdPrefix: "order-42/" };

/** Two groups of events, one due each minute: order-41/0, order-42/1, order-41/2, … */
async function groups(count: number, schedule = testSchedule(), shards: number | "map" = 0) {
  const scheduler = createScheduler({ ...schedule, shards });
  for (let index = 0; index < count; index++) {
    const dueAt = new Date(Date.parse(at) + index * 60_000);
    const deliveryId = `order-${41 + (index % 2)}/${index}`;
    await scheduler.schedule({ at: dueAt, to, deliveryId, body: deliveryId });
  }
  return schedule;
}

/** The same with pages of 10 keys, so that a search has several. */
function paged(schedule: TestSchedule): TestSchedule {
  const list: ObjectStore["list"] = (page, call) =>
    schedule.store.list({ ...page, limit: 10 }, call);
  return { ...schedule, store: { ...schedule.store, list } };
}

async function idsIn(schedule: TestSchedule, group = "order-42/"): Promise<string[]> {
  return (await waitingIn(schedule.store)).filter((id) => id.includes(`|${group}`));
}

async function incomplete(call: Promise<unknown>): Promise<GroupIncompleteError> {
  const error = await call.catch((reason: unknown) => reason);
  if (!(error instanceof GroupIncompleteError)) throw new Error(`no such error: ${error}`);
  return error;
}

describe("cancel() with a query", () => {
  it("cancels every event of a delivery id, also one that was moved", async () => {
    const schedule = testSchedule();
    const scheduler = createScheduler(schedule);
    const first = await scheduler.schedule({ at, to, deliveryId: "user-42" });
    await scheduler.schedule({ at: LATER, to, deliveryId: "user-42" });
    await scheduler.schedule({ at, to, deliveryId: "user-421" });
    await scheduler.reschedule(first.id, { in: "1h" });
    const totals = await scheduler.cancel({ deliveryId: "user-42" });
    expect(totals).toEqual({ ...NONE, cancelled: 2 });
    expect(await waitingIn(schedule.store)).toEqual([`${at}|out|k|user-421`]);
    expect(await scheduler.cancel({ deliveryId: "user-42" })).toEqual(NONE);
  });

  it("cancels a group, and reports the outcome of each event", async () => {
    const schedule = await groups(100);
    const ids = await idsIn(schedule);
    const reported: string[] = [];
    const totals = await createScheduler(paged(schedule)).cancel(ORDER_42, {
      onResult: ({ outcome, event }) => reported.push(`${outcome} ${event.id}`),
    });
    expect(totals).toEqual({ ...NONE, cancelled: 50 });
    expect(reported.sort()).toEqual(ids.map((id) => `cancelled ${id}`));
    expect(await idsIn(schedule)).toEqual([]);
    expect(await idsIn(schedule, "order-41/")).toHaveLength(50);
  });

  it("cancels the events for a target and in a range of time", async () => {
    const schedule = await groups(20);
    const scheduler = createScheduler(schedule);
    const until = "2026-12-25T12:05Z";
    expect(await scheduler.cancel({ to: { bucket: "other" } })).toEqual(NONE);
    const totals = await scheduler.cancel({ to: { bucket: "out", keyPrefix: "k" }, until });
    expect(totals).toEqual({ ...NONE, cancelled: 5 });
    expect(await scheduler.cancel({ ...ORDER_42, limit: 3 })).toEqual({ ...NONE, cancelled: 3 });
  });

  it("counts events that have closed, and those whose outcome is undecided", async () => {
    const schedule = testSchedule();
    const scheduler = schedulerOnFaulty(schedule, {
      after: ({ kind, key }) =>
        kind === "delete" && key?.endsWith("/c")
          ? storeError("unexpected", "delete", { undecided: true })
          : undefined,
    });
    const soon = new Date(schedule.clock.now() + 5_000);
    await scheduler.schedule({ at: soon, to, deliveryId: "order-42/a" });
    await scheduler.schedule({ at, to, deliveryId: "order-42/b" });
    await scheduler.schedule({ at, to, deliveryId: "order-42/c" });
    await schedule.clock.advance("2s");
    const totals = await scheduler.cancel(ORDER_42);
    expect(totals).toEqual({ ...NONE, cancelled: 1, "too-late": 1, undecided: 1 });
  });

  it("cancels overdue events one after another, as each takes the lease", async () => {
    const schedule = await groups(10);
    await schedule.clock.advance("2d");
    const scheduler = createScheduler(schedule);
    expect(await scheduler.cancel(ORDER_42)).toEqual({ ...NONE, "too-late": 5 });
    expect(await scheduler.cancel(ORDER_42, { overdue: true })).toEqual({ ...NONE, cancelled: 5 });
    expect(await idsIn(schedule, "order-41/")).toHaveLength(5);
  });

  it("changes no more events at the same time than it may", async () => {
    const schedule = await groups(100);
    const atOnce = async (options: object) => {
      let [running, most] = [0, 0];
      const head: ObjectStore["head"] = async (ref, call) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 1));
        running -= 1;
        return schedule.store.head(ref, call);
      };
      await schedulerWith(schedule, { head }).cancel({ to: { bucket: "out" }, limit: 50 }, options);
      return most;
    };
    expect(await atOnce({})).toBe(32);
    expect(await atOnce({ concurrency: 3 })).toBe(3);
  });

  it("sends a HEAD and a DELETE for each event, also in a schedule with shards", async () => {
    const schedule = await groups(40, await shardedSchedule(4), "map");
    const { sent, store } = record(schedule.store);
    const scheduler = createScheduler({ ...schedule, store });
    expect(await scheduler.cancel(ORDER_42)).toEqual({ ...NONE, cancelled: 20 });
    const kinds = sent.map((request) => request.split(" ")[0]);
    const count = (kind: string) => kinds.filter((one) => one === kind).length;
    expect([count("list"), count("head"), count("delete")]).toEqual([5, 20, 20]);
    expect(await waiting(schedule)).toHaveLength(20);
  });

  it("cancels an event that two writers with different numbers of shards have written, in both places", async () => {
    const schedule = await shardedSchedule(4);
    const event = { at, to, deliveryId: "order-42/a" };
    await createScheduler({ ...schedule, shards: 4 }).schedule(event);
    await createScheduler(schedule).schedule(event);
    const totals = await createScheduler(schedule).cancel(ORDER_42);
    expect(totals).toEqual({ ...NONE, cancelled: 2 });
    expect(await waiting(schedule)).toEqual([]);
  });

  it("tries all, rejects with what failed, and goes on when it is repeated", async () => {
    const schedule = await groups(20);
    const scheduler = schedulerOnFaulty(schedule, {
      before: ({ kind, key }) =>
        kind === "delete" && key?.includes("/1") ? storeError("denied", "delete") : undefined,
    });
    const reported: string[] = [];
    const onResult = ({ outcome }: { outcome: string }) => reported.push(outcome);
    const error = await incomplete(scheduler.cancel(ORDER_42, { onResult }));
    expect(error).toMatchObject({
      code: "batch-incomplete",
      totals: { ...NONE, cancelled: 4 },
      failed: 6,
      cause: { code: "denied" },
    });
    expect(error.message).toMatch(
      /^6 of 10 events failed. The first is .*order-42.*: .*made-up denied Repeat the call/,
    );
    expect(error.failures.map(({ event }) => event.deliveryId).sort()).toEqual(
      [1, 11, 13, 15, 17, 19].map((number) => `order-42/${number}`),
    );
    expect(reported.sort()).toEqual([...Array(4).fill("cancelled"), ...Array(6).fill("failed")]);
    expect(await createScheduler(schedule).cancel(ORDER_42)).toEqual({ ...NONE, cancelled: 6 });
  });

  it("keeps the first thousand failures, and counts all", async () => {
    const schedule = await groups(2_004);
    const scheduler = schedulerOnFaulty(schedule, {
      before: ({ kind }) => (kind === "head" ? storeError("denied", "head") : undefined),
    });
    const error = await incomplete(scheduler.cancel(ORDER_42));
    expect([error.failed, error.failures.length]).toEqual([1_002, 1_000]);
  });

  it("finishes what it found before the search failed, and says that the search ended early", async () => {
    const schedule = await groups(100);
    let lists = 0;
    const list: ObjectStore["list"] = async (page, call) => {
      if (++lists > 1) throw storeError("denied", "list");
      return schedule.store.list({ ...page, limit: 10 }, call);
    };
    const error = await incomplete(schedulerWith(schedule, { list }).cancel(ORDER_42));
    expect(error).toMatchObject({ totals: { ...NONE, cancelled: 5 }, failed: 0 });
    expect(error.message).toMatch(/^The search ended early: .*denied Before that, 5 events had an/);
    expect(await idsIn(schedule)).toHaveLength(45);
  });

  it("begins with no more events when its signal aborts", async () => {
    const schedule = await groups(100);
    const abort = new AbortController();
    const cancelling = createScheduler(schedule).cancel(ORDER_42, {
      signal: abort.signal,
      concurrency: 1,
      onResult: () => abort.abort(),
    });
    const { totals, failed, cause } = await incomplete(cancelling);
    expect(totals["cancelled"]).toBe(1);
    expect(failed).toBeLessThanOrEqual(1);
    expect(cause).toMatchObject({ name: "AbortError" });
    expect(await idsIn(schedule)).toHaveLength(49);
  });

  it("ends if an async onResult rejects", async () => {
    const onResult = async () => {
      throw new Error("the log is full");
    };
    const cancelling = createScheduler(await groups(20)).cancel(ORDER_42, { onResult });
    await expect(cancelling).rejects.toThrow("the log is full");
  });

  it("never takes an event for a query, which would mean every event of its target", async () => {
    const schedule = await groups(4);
    const scheduler = createScheduler(schedule);
    for await (const event of scheduler.find(ORDER_42)) {
      const cancelling = scheduler.cancel(event as never);
      await expect(cancelling).rejects.toMatchObject({
        code: "invalid-id",
        message: expect.stringContaining("Pass its property id."),
      });
    }
    const newEvent = scheduler.cancel({ at, to, deliveryId: "order-42/1" } as never);
    await expect(newEvent).rejects.toThrow('A query has no option "at"');
    await expect(scheduler.cancel(null as never)).rejects.toMatchObject({ code: "invalid-id" });
    expect(await waitingIn(schedule.store)).toHaveLength(4);
  });

  it.each<[object, object, string]>([
    [{}, {}, "A query must have exactly one of"],
    [ORDER_42, { overdu: true }, 'Did you mean "overdue"?'],
    [ORDER_42, { onResult: "x" }, "onResult must be a function"],
    [ORDER_42, { onProgress: "x" }, "onProgress must be a function"],
    [ORDER_42, { concurrency: 0 }, "concurrency must be a whole number"],
    [ORDER_42, { signal: new AbortController() }, "signal must be an AbortSignal"],
  ])("refuses %j with %o", async (query, options, part) => {
    const cancelling = createScheduler(testSchedule()).cancel(query as never, options as never);
    const message = expect.stringContaining(part);
    await expect(cancelling).rejects.toMatchObject({ code: "invalid-option", message });
  });
});

describe("reschedule() with a query", () => {
  it("moves each event of a group once, also to an instant that the search reads later", async () => {
    const schedule = await groups(200);
    const { sent, store } = record(paged(schedule).store);
    const scheduler = createScheduler({ ...schedule, store });
    const found: number[] = [];
    const totals = await scheduler.reschedule(
      ORDER_42,
      { at: LATER },
      {
        onProgress: (progress) => found.push(progress.found),
      },
    );
    expect(totals).toEqual({ ...NONE_MOVED, rescheduled: 100 });
    expect(found.at(-1)).toBe(100);
    expect(sent.filter((request) => request.startsWith("copy"))).toHaveLength(100);
    const ids = await idsIn(schedule);
    expect(ids).toHaveLength(100);
    expect(ids.every((id) => id.startsWith(LATER))).toBe(true);
    expect(await idsIn(schedule, "order-41/")).toHaveLength(100);
  });

  it("moves all to one instant, if it counts from now", async () => {
    const schedule = await groups(50);
    const copy: ObjectStore["copy"] = async (...args) => {
      await schedule.clock.sleep(1_000);
      return schedule.store.copy(...args);
    };
    const moving = schedulerWith(schedule, { copy }).reschedule(
      ORDER_42,
      { in: "3h" },
      { concurrency: 2 },
    );
    for (let second = 0; second < 60; second++) await schedule.clock.advance("1s");
    expect(await moving).toEqual({ ...NONE_MOVED, rescheduled: 25 });
    const instants = (await idsIn(schedule)).map((id) => id.split("|")[0]);
    expect(new Set(instants)).toEqual(new Set(["2026-12-24T15:00:00.000Z"]));
  });

  it("goes on with the events that are left when it is repeated", async () => {
    const schedule = await groups(20);
    const failing = schedulerOnFaulty(schedule, {
      before: ({ kind, key }) =>
        kind === "delete" && key?.includes("/1") ? storeError("denied", "delete") : undefined,
    });
    const first = await failing.reschedule(ORDER_42, { at: LATER });
    expect(first).toEqual({ ...NONE_MOVED, rescheduled: 4, undecided: 6 }); // both exist
    expect(await idsIn(schedule)).toHaveLength(16);
    const scheduler = createScheduler(schedule);
    const again = await scheduler.reschedule(ORDER_42, { at: LATER });
    expect(again).toEqual({ ...NONE_MOVED, rescheduled: 6 });
    expect(await idsIn(schedule)).toHaveLength(10);
    expect(await scheduler.reschedule(ORDER_42, { at: LATER })).toEqual(NONE_MOVED);
  });

  it("counts events that have closed", async () => {
    const schedule = await groups(10);
    await schedule.clock.advance("1442.5m");
    const totals = await createScheduler(schedule).reschedule(ORDER_42, { at: LATER });
    expect(totals).toEqual({ ...NONE_MOVED, rescheduled: 4, "too-late": 1 });
  });

  it.each<[object, object, string, string]>([
    [{ at: "2026-12-24T11:00Z" }, {}, "invalid-time", "in the past"],
    [{}, {}, "invalid-time", "The time is missing"],
    [{ at: LATER, json: 1 }, {}, "invalid-option", 'reschedule() of a group has no option "json"'],
    [{ at: LATER }, { overdue: true }, "invalid-option", 'reschedule() has no option "overdue"'],
  ])("refuses %j with %j before anything is read", async (when, options, code, part) => {
    const schedule = await groups(4);
    const { sent, store } = record(schedule.store);
    const scheduler = createScheduler({ ...schedule, store });
    const moving = scheduler.reschedule(ORDER_42, when as never, options as never);
    const message = expect.stringContaining(part);
    await expect(moving).rejects.toMatchObject({ code, message });
    expect(sent).toEqual([]);
  });
});

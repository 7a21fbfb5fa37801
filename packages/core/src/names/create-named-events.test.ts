import { describe, expect, it } from "vitest";
import { createScheduler } from "../scheduler/create-scheduler.js";
import { ScheduleError } from "../scheduler/schedule-error.js";
import { memoryStore } from "../store/memory-store.js";
import type { ObjectStore } from "../store/object-store.js";
import { otherCodec } from "../test-support/other-codec.js";
import {
  record,
  shardedSchedule,
  storeError,
  sweeperOf,
  type TestSchedule,
  testSchedule,
  textOf,
  waitingIn,
} from "../test-support/test-schedule.js";
import { faultyStore } from "../testing/faulty-store.js";
import { createNamedEvents } from "./create-named-events.js";

const TO = { bucket: "out", key: "k" };
const TOMORROW = "2026-12-25T12:00:00.000Z";
const NAME = "trial/42";
const OBJECT = "keywhen/names/trial/42";

/** Works on a call while its clock goes on. */
async function running<T>(schedule: TestSchedule, call: Promise<T>): Promise<T> {
  let isOver = false;
  const settled = call.finally(() => {
    isOver = true;
  });
  settled.catch(() => {});
  for (let seconds = 0; !isOver && seconds < 400; seconds++) await schedule.clock.advance("1s");
  return settled;
}

const namesOf = (schedule: TestSchedule, store: ObjectStore = schedule.store) =>
  createNamedEvents({ ...schedule, store });

async function objectOf({ store }: TestSchedule): Promise<Record<string, unknown>> {
  return JSON.parse((await textOf(store, "schedule", OBJECT)) ?? "{}") as Record<string, unknown>;
}

async function writeObject({ store }: TestSchedule, json: unknown): Promise<void> {
  const text = typeof json === "string" ? json : JSON.stringify(json);
  await store.put({ bucket: "schedule", key: OBJECT }, new TextEncoder().encode(text));
}

describe("put", () => {
  it("schedules the event of a new name, and any sweeper delivers it", async () => {
    const schedule = testSchedule();
    const { sent, store } = record(schedule.store);
    const put = await namesOf(schedule, store).put(NAME, { in: "1h", to: TO, json: { a: 1 } });
    expect(put).toMatchObject({
      outcome: "scheduled",
      at: new Date("2026-12-24T13:00:00Z"),
      to: TO,
    });
    expect(put.deliveryId).toMatch(/^trial\/42;[0-9a-z]{12}$/);
    expect(put.id).toBe(`2026-12-24T13:00:00.000Z|out|k|${put.deliveryId}`);
    expect(sent.map((one) => one.split(" ")[0])).toEqual(["get", "put", "put", "put"]);
    await schedule.clock.advance("1h");
    expect((await sweeperOf(schedule).sweep()).delivered).toBe(1);
    expect(await textOf(schedule.store, "out", "k")).toBe('{"a":1}');
  });

  it("replaces the event that waits, and keeps its delivery id", async () => {
    const schedule = testSchedule();
    const first = await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO, body: "old" });
    const { sent, store } = record(schedule.store);
    const event = { at: TOMORROW, to: TO, body: "new", expiresAfter: "1h" } as const;
    const second = await namesOf(schedule, store).put(NAME, event);
    expect(second).toMatchObject({ outcome: "replaced", replaced: first.id });
    expect(second.deliveryId).toBe(first.deliveryId);
    expect(second.id).toMatch(/~x3600000~[0-9a-f]{8}$/);
    const kinds = sent
      .filter((one) => !one.includes("shards.json"))
      .map((one) => one.split(" ")[0]);
    expect(kinds).toEqual(["get", "head", "put", "put", "delete", "put"]);
    expect(await waitingIn(schedule.store)).toEqual([second.id]);
    expect(await objectOf(schedule)).toMatchObject({ current: second.id, doubtful: [] });
  });

  it("begins a new generation when the event was delivered", async () => {
    const schedule = testSchedule();
    const names = namesOf(schedule);
    const first = await names.put(NAME, { in: "1m", to: TO });
    await schedule.clock.advance("2m");
    await sweeperOf(schedule).sweep();
    const second = await names.put(NAME, { in: "1m", to: TO });
    expect(second).toMatchObject({ outcome: "scheduled" });
    expect(second).not.toHaveProperty("underWay");
    expect(second.deliveryId).not.toBe(first.deliveryId);
  });

  it("names an earlier event that had closed, and leaves it alone", async () => {
    const schedule = testSchedule();
    const names = namesOf(schedule);
    const first = await names.put(NAME, { in: "3s", to: TO });
    const second = await names.put(NAME, { in: "1m", to: TO });
    expect(second).toMatchObject({ outcome: "scheduled", underWay: first.id });
    expect(second.deliveryId).not.toBe(first.deliveryId);
    expect(await waitingIn(schedule.store)).toEqual([first.id, second.id]);
  });

  it("gives a new delivery id if the earlier event may close before the lock ends", async () => {
    const schedule = testSchedule();
    const names = namesOf(schedule);
    const first = await names.put(NAME, { in: "19s", to: TO });
    const second = await names.put(NAME, { in: "19.1s", to: TO });
    expect(second).toMatchObject({ outcome: "replaced", replaced: first.id });
    expect(second.deliveryId).not.toBe(first.deliveryId);
    const third = await names.put(NAME, { in: "1m", to: TO });
    expect(third.deliveryId).toBe(second.deliveryId);
  });

  it("is due at most maxWait after the first put of its generation", async () => {
    const schedule = testSchedule();
    const names = namesOf(schedule);
    const due: string[] = [];
    for (let put = 0; put < 5; put++) {
      const { at } = await names.put(NAME, { in: "10s", to: TO, maxWait: "25s" });
      due.push(at.toISOString().slice(17, 19));
      await schedule.clock.advance("5s");
    }
    expect(due).toEqual(["10", "15", "20", "25", "25"]);
    await schedule.clock.advance("1s"); // the event has closed
    const next = await names.put(NAME, { in: "10s", to: TO, maxWait: "25s" });
    expect(next.at.toISOString()).toBe("2026-12-24T12:00:36.000Z");
    expect(next).toHaveProperty("underWay");
  });

  it("is due immediately if maxWait is over already, but not before the call", async () => {
    const schedule = testSchedule();
    const names = namesOf(schedule);
    await names.put(NAME, { at: TOMORROW, to: TO });
    await schedule.clock.advance("1h");
    const { at } = await names.put(NAME, { at: TOMORROW, to: TO, maxWait: "10m" });
    expect(at.toISOString()).toBe("2026-12-24T13:00:00.000Z");
  });

  it("does not begin maxWait again with a replacement that a search found", async () => {
    const schedule = testSchedule();
    const names = namesOf(schedule);
    const { id } = await names.put(NAME, { at: TOMORROW, to: TO });
    await schedule.clock.advance("1m");
    await createScheduler(schedule).reschedule(id, { in: "5h" });
    const { at } = await names.put(NAME, { at: TOMORROW, to: TO, maxWait: "2m" });
    expect(at.toISOString()).toBe("2026-12-24T12:02:00.000Z");
  });

  it("spreads events over a window, by their delivery ids", async () => {
    const schedule = testSchedule();
    const names = namesOf(schedule);
    const first = await names.put(NAME, { at: TOMORROW, to: TO, window: "1h" });
    const second = await names.put(NAME, { at: TOMORROW, to: TO, window: "1h" });
    expect(first.at.getTime()).toBeGreaterThan(Date.parse(TOMORROW));
    expect(second.at).toEqual(first.at);
  });

  it("replaces an event in a shard, also after a change of their number", async () => {
    const schedule = await shardedSchedule(4);
    const names = createNamedEvents({ ...schedule, shards: "map" });
    const first = await names.put(NAME, { at: TOMORROW, to: TO });
    const fixed = createNamedEvents({ ...schedule, shards: 0 });
    const second = await fixed.put(NAME, { at: TOMORROW, to: TO });
    expect(second).toMatchObject({ outcome: "replaced", replaced: first.id });
    expect(await waitingIn(schedule.store)).toEqual([second.id]);
  });

  it("finds an event that was moved by its id", async () => {
    const schedule = testSchedule();
    const { id } = await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    const moved = await createScheduler(schedule).reschedule(id, { in: "5h" });
    const second = await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    expect(second).toMatchObject({ outcome: "replaced", replaced: "id" in moved && moved.id });
    expect(await waitingIn(schedule.store)).toEqual([second.id]);
  });

  it("begins a new generation if the event was cancelled by its id", async () => {
    const schedule = testSchedule();
    const { id, deliveryId } = await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    await createScheduler(schedule).cancel(id);
    const second = await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    expect(second.outcome).toBe("scheduled");
    expect(second.deliveryId).not.toBe(deliveryId);
  });

  it("finds the event of a lost object with search", async () => {
    const schedule = testSchedule();
    const first = await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    await namesOf(schedule).put(`${NAME};other`, { at: TOMORROW, to: TO });
    await schedule.store.delete("schedule", [OBJECT]);
    const second = await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO }, { search: true });
    expect(second).toMatchObject({ outcome: "replaced", replaced: first.id });
    expect((await waitingIn(schedule.store)).length).toBe(2);
    const third = await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO }, { search: true });
    expect(third).toMatchObject({ outcome: "replaced", replaced: second.id });
  });

  it("waits for another caller", async () => {
    const schedule = testSchedule();
    const expires = "2026-12-24T12:00:15.000Z";
    await writeObject(schedule, { version: 1, lock: { token: "other", expires } });
    const call = namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    await schedule.clock.advance("16s");
    expect(await waitingIn(schedule.store)).toEqual([]);
    expect((await running(schedule, call)).outcome).toBe("scheduled");
  });

  it("deletes what a caller that died may have stored", async () => {
    const schedule = testSchedule();
    const left = "2026-12-24T18:00:00.000Z|out|k|trial/42;000000000000";
    await schedule.store.put(
      { bucket: "schedule", key: `keywhen/pending/${left}` },
      new Uint8Array(),
    );
    const lock = { token: "dead", expires: "2026-12-24T11:59:00.000Z", newId: left };
    await writeObject(schedule, { version: 1, lock });
    const put = await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    expect(put).toMatchObject({ outcome: "replaced", replaced: left });
    expect(await waitingIn(schedule.store)).toEqual([put.id]);
    const until = "2026-12-24T12:01:00.000Z";
    expect(await objectOf(schedule)).toMatchObject({ doubtful: [{ id: left, until }] });
    await schedule.clock.advance("2m");
    await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    expect(await objectOf(schedule)).toMatchObject({ doubtful: [] });
  });

  it("does not believe in a lock that expires too late", async () => {
    const schedule = testSchedule();
    const expires = "2026-12-24T14:00:00.000Z";
    await writeObject(schedule, { version: 1, lock: { token: "x", expires } });
    const put = await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    expect(put.outcome).toBe("scheduled");
  });

  it("gives up after a minute of waiting", async () => {
    const schedule = testSchedule();
    const expires = "2026-12-24T12:50:00.000Z";
    await writeObject(schedule, { version: 1, lock: { token: "x", expires } });
    const call = running(schedule, namesOf(schedule).put(NAME, { at: TOMORROW, to: TO }));
    await expect(call).rejects.toMatchObject({ code: "conflict", undecided: false });
  });

  it("stores nothing after its lock has ended, as when its machine slept", async () => {
    const schedule = testSchedule();
    const store = faultyStore(schedule.store, {
      after({ kind, key }) {
        if (kind === "put" && key === OBJECT) schedule.clock.set("2026-12-24T12:00:14.000Z");
        return undefined;
      },
    });
    const call = namesOf(schedule, store).put(NAME, { at: TOMORROW, to: TO });
    const error = await call.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ScheduleError);
    expect(error).toMatchObject({ code: "undecided", deliveryId: expect.stringMatching(/^trial/) });
    expect(await waitingIn(schedule.store)).toEqual([]);
  });

  it("deletes nothing after its lock has ended", async () => {
    const schedule = testSchedule();
    const first = await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    const { sent, store: recorded } = record(schedule.store);
    const store = faultyStore(recorded, {
      after({ kind, key }) {
        if (kind === "put" && key?.includes("/pending/")) {
          schedule.clock.set("2026-12-24T12:00:14.000Z");
        }
        return undefined;
      },
    });
    const call = namesOf(schedule, store).put(NAME, { at: TOMORROW, to: TO });
    await expect(call).rejects.toMatchObject({ code: "undecided", cause: { code: "aborted" } });
    expect(sent.filter((request) => request.startsWith("delete"))).toEqual([]);
    expect(await waitingIn(schedule.store)).toContain(first.id);
  });

  it("does not trust an answer to a delete that shows another time", async () => {
    const schedule = testSchedule();
    await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    const { store, clock } = schedule;
    const skewed: ObjectStore = {
      ...store,
      async delete(bucket, keys, call) {
        const answer = await store.delete(bucket, keys);
        call?.onDate?.(new Date(clock.now() + 5_000));
        return answer;
      },
    };
    const call = namesOf(schedule, skewed).put(NAME, { at: TOMORROW, to: TO });
    await expect(call).rejects.toMatchObject({ code: "undecided" });
  });

  it("does not say that it replaced an event if its lock ended in between", async () => {
    const schedule = testSchedule();
    await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    const store = faultyStore(schedule.store, {
      after({ kind }) {
        if (kind === "delete") schedule.clock.set("2026-12-24T12:00:14.000Z");
        return undefined;
      },
    });
    const call = namesOf(schedule, store).put(NAME, { at: TOMORROW, to: TO });
    await expect(call).rejects.toThrow(/another caller may have replaced it already/);
  });

  it("aborts a put that has no answer when the lock is about to end", async () => {
    const schedule = testSchedule();
    const pending = new Promise<never>(() => {});
    const { store } = schedule;
    const slow: ObjectStore = {
      ...store,
      put: (ref, body, options) =>
        ref.key.includes("/pending/") ? pending : store.put(ref, body, options),
    };
    const call = running(schedule, namesOf(schedule, slow).put(NAME, { at: TOMORROW, to: TO }));
    await expect(call).rejects.toMatchObject({ code: "undecided" });
    expect(schedule.clock.now()).toBeLessThanOrEqual(Date.parse("2026-12-24T12:00:16.000Z"));
    const { doubtful, lock } = await objectOf(schedule);
    expect(doubtful).toHaveLength(1);
    expect(lock).toBeUndefined();
  });

  it("remembers an event that a try without an answer may store again", async () => {
    const schedule = testSchedule();
    let failures = 1;
    const store = faultyStore(schedule.store, {
      before: ({ kind, key }) =>
        kind === "put" && key?.includes("/pending/") && failures-- > 0
          ? storeError("unavailable", "put")
          : undefined,
    });
    const put = await running(
      schedule,
      namesOf(schedule, store).put(NAME, { at: TOMORROW, to: TO }),
    );
    expect(await objectOf(schedule)).toMatchObject({ current: put.id, doubtful: [{ id: put.id }] });
    const next = await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    expect(next).toMatchObject({ outcome: "replaced", replaced: put.id });
    await schedule.store.put(
      { bucket: "schedule", key: `keywhen/pending/${put.id}` },
      new Uint8Array(),
    );
    const last = await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    expect(await waitingIn(schedule.store)).toEqual([last.id]);
  });

  it("does not doubt an event because the store was throttling", async () => {
    const schedule = testSchedule();
    let failures = 1;
    const store = faultyStore(schedule.store, {
      before: ({ kind, key }) =>
        kind === "put" && key?.includes("/pending/") && failures-- > 0
          ? storeError("throttled", "put")
          : undefined,
    });
    await running(schedule, namesOf(schedule, store).put(NAME, { at: TOMORROW, to: TO }));
    expect(await objectOf(schedule)).toMatchObject({ doubtful: [] });
  });

  it("remembers the newest 16 of the events that are gone", async () => {
    const schedule = testSchedule();
    const doubtful = Array.from({ length: 20 }, (_, index) => ({
      id: `${TOMORROW}|out|k|trial/42;${String(index).padStart(12, "0")}`,
      until: TOMORROW,
    }));
    await writeObject(schedule, { version: 1, doubtful });
    await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    expect(await objectOf(schedule)).toMatchObject({ doubtful: doubtful.slice(4) });
  });

  it("releases the lock and stores nothing if the store refuses the event", async () => {
    const schedule = testSchedule();
    const refuse = (key = "") => key.includes("/pending/") && storeError("denied", "put");
    const store = faultyStore(schedule.store, { before: ({ key }) => refuse(key) || undefined });
    const call = namesOf(schedule, store).put(NAME, { at: TOMORROW, to: TO });
    await expect(call).rejects.toMatchObject({ code: "denied" });
    expect(await objectOf(schedule)).not.toHaveProperty("lock");
  });

  it("is undecided if the earlier event can't be deleted, and repeating it finishes", async () => {
    const schedule = testSchedule();
    const first = await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    const before = ({ kind }: { kind: string }) =>
      kind === "delete" ? storeError("denied", "delete") : undefined;
    const store = faultyStore(schedule.store, { before });
    const call = namesOf(schedule, store).put(NAME, { at: TOMORROW, to: TO });
    await expect(call).rejects.toThrow(`the earlier event ${first.id} may be delivered as well`);
    expect((await waitingIn(schedule.store)).length).toBe(2);
    const last = await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    expect(await waitingIn(schedule.store)).toEqual([last.id]);
  });

  it("is undecided if the answer to the delete is missing", async () => {
    const schedule = testSchedule();
    await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    const before = ({ kind }: { kind: string }) =>
      kind === "delete" ? storeError("unavailable", "delete") : undefined;
    const store = faultyStore(schedule.store, { before });
    const call = running(schedule, namesOf(schedule, store).put(NAME, { at: TOMORROW, to: TO }));
    await expect(call).rejects.toThrow(/no answer says that it is deleted/);
  });

  it("names the earlier event if it closed before the delete was answered", async () => {
    const schedule = testSchedule();
    const first = await namesOf(schedule).put(NAME, { in: "14s", to: TO });
    const store = faultyStore(schedule.store, {
      after({ kind }) {
        if (kind === "delete") schedule.clock.set("2026-12-24T12:00:10.500Z");
        return undefined;
      },
    });
    const put = await namesOf(schedule, store).put(NAME, { at: TOMORROW, to: TO });
    expect(put).toMatchObject({ outcome: "scheduled", underWay: first.id });
  });

  it("succeeds if only the release has no answer", async () => {
    const schedule = testSchedule();
    let puts = 0;
    const store = faultyStore(schedule.store, {
      before: ({ kind, key }) =>
        kind === "put" && key === OBJECT && ++puts > 1
          ? storeError("unavailable", "put")
          : undefined,
    });
    const put = await running(
      schedule,
      namesOf(schedule, store).put(NAME, { at: TOMORROW, to: TO }),
    );
    expect(put.outcome).toBe("scheduled");
    const call = namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    expect(await running(schedule, call)).toMatchObject({ outcome: "replaced", replaced: put.id });
  });

  it("ends with the caller's signal", async () => {
    const schedule = testSchedule();
    const abort = new AbortController();
    const store = faultyStore(schedule.store, {
      before({ kind, key }) {
        if (kind === "put" && key?.includes("/pending/")) abort.abort();
        return undefined;
      },
    });
    const { signal } = abort;
    const call = namesOf(schedule, store).put(NAME, { at: TOMORROW, to: TO }, { signal });
    await expect(call).rejects.toMatchObject({ code: "undecided", cause: { code: "aborted" } });
  });

  it("refuses to put more while no delete works", async () => {
    const schedule = testSchedule();
    const doubtful = Array.from({ length: 33 }, (_, index) => ({
      id: `${TOMORROW}|out|k|trial/42;${String(index).padStart(12, "0")}`,
      until: TOMORROW,
    }));
    await writeObject(schedule, { version: 1, doubtful });
    const call = namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    await expect(call).rejects.toMatchObject({ code: "denied", operation: "delete" });
  });
});

describe("get", () => {
  it("reads the event that waits, without a lock", async () => {
    const schedule = testSchedule();
    expect(await namesOf(schedule).get(NAME)).toBeUndefined();
    const put = await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO, metadata: { a: "1" } });
    const { sent, store } = record(schedule.store);
    const event = await namesOf(schedule, store).get(NAME);
    expect(event).toMatchObject({ id: put.id, deliveryId: put.deliveryId, metadata: { a: "1" } });
    expect(sent.map((one) => one.split(" ")[0])).toEqual(["get", "get", "head"]); // one of the shard map
  });

  it("returns undefined for a delivered event, and one that closed while it waits", async () => {
    const schedule = testSchedule();
    const names = namesOf(schedule);
    const { id } = await names.put(NAME, { in: "1m", to: TO });
    await schedule.clock.advance("59s");
    expect((await names.get(NAME))?.id).toBe(id);
    await schedule.clock.advance("1s");
    await sweeperOf(schedule).sweep();
    expect(await names.get(NAME)).toBeUndefined();
  });

  it("finds an event that another caller has just stored, or one that was moved", async () => {
    const schedule = testSchedule();
    const names = namesOf(schedule);
    const { id } = await names.put(NAME, { at: TOMORROW, to: TO });
    const moved = await createScheduler(schedule).reschedule(id, { in: "5h" });
    expect((await names.get(NAME))?.id).toBe("id" in moved && moved.id);
    const { current } = await objectOf(schedule);
    const newId = "2026-12-24T18:00:00.000Z|out|k|trial/42;000000000000";
    await schedule.store.put(
      { bucket: "schedule", key: `keywhen/pending/${newId}` },
      new Uint8Array(),
    );
    const lock = { token: "x", expires: TOMORROW, newId };
    await writeObject(schedule, { version: 1, current, lock });
    expect((await names.get(NAME))?.id).toBe(newId);
    const left = { id: newId, until: TOMORROW };
    const unstored = { ...lock, newId: newId.replace("18:", "19:") };
    await writeObject(schedule, { version: 1, doubtful: [left], lock: unstored });
    expect((await names.get(NAME))?.id).toBe(newId);
  });

  it("reads the object again if its event is gone, as when another caller replaced it", async () => {
    const schedule = testSchedule();
    await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    let isReplaced = false;
    const store: ObjectStore = {
      ...schedule.store,
      async head(ref, call) {
        if (!isReplaced) {
          isReplaced = true;
          await namesOf(schedule).put(NAME, { in: "5h", to: TO });
        }
        return schedule.store.head(ref, call);
      },
    };
    const event = await namesOf(schedule, store).get(NAME);
    expect(event?.at.toISOString()).toBe("2026-12-24T17:00:00.000Z");
  });

  it("finds the event of a lost object with search", async () => {
    const schedule = testSchedule();
    const { id } = await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    await schedule.store.delete("schedule", [OBJECT]);
    expect(await namesOf(schedule).get(NAME)).toBeUndefined();
    expect((await namesOf(schedule).get(NAME, { search: true }))?.id).toBe(id);
  });
});

describe("cancel", () => {
  it("cancels the event that waits, once", async () => {
    const schedule = testSchedule();
    const { id } = await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    const { sent, store } = record(schedule.store);
    expect(await namesOf(schedule, store).cancel(NAME)).toEqual({ outcome: "cancelled", id });
    const kinds = sent
      .filter((one) => !one.includes("shards.json"))
      .map((one) => one.split(" ")[0]);
    expect(kinds).toEqual(["get", "head", "put", "delete", "put"]);
    expect(await waitingIn(schedule.store)).toEqual([]);
    expect(await namesOf(schedule).cancel(NAME)).toEqual({ outcome: "not-found" });
  });

  it("is too late for an event that has closed", async () => {
    const schedule = testSchedule();
    await namesOf(schedule).put(NAME, { in: "3s", to: TO });
    const closedAt = new Date("2026-12-24T11:59:59.000Z");
    expect(await namesOf(schedule).cancel(NAME)).toEqual({ outcome: "too-late", closedAt });
  });

  it("cancels an event that was moved by its id, and finds none that was cancelled", async () => {
    const schedule = testSchedule();
    const names = namesOf(schedule);
    const { id } = await names.put(NAME, { at: TOMORROW, to: TO });
    const moved = await createScheduler(schedule).reschedule(id, { in: "5h" });
    expect(await names.cancel(NAME)).toEqual({
      outcome: "cancelled",
      id: "id" in moved && moved.id,
    });
    const second = await names.put(NAME, { at: TOMORROW, to: TO });
    await createScheduler(schedule).cancel(second.id);
    expect(await names.cancel(NAME)).toEqual({ outcome: "not-found" });
  });

  it("is undecided without an answer, and throws if it is denied", async () => {
    const schedule = testSchedule();
    const { id } = await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    const failing = (code: "unavailable" | "denied") =>
      faultyStore(schedule.store, {
        before: ({ kind }) => (kind === "delete" ? storeError(code, "delete") : undefined),
      });
    const denied = namesOf(schedule, failing("denied")).cancel(NAME);
    await expect(denied).rejects.toMatchObject({ code: "denied" });
    const call = running(schedule, namesOf(schedule, failing("unavailable")).cancel(NAME));
    expect(await call).toMatchObject({ outcome: "undecided", error: { code: "unavailable" } });
    expect(await namesOf(schedule).cancel(NAME)).toEqual({ outcome: "cancelled", id });
  });

  it("is undecided if its lock ended before the delete was answered", async () => {
    const schedule = testSchedule();
    await namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    const store = faultyStore(schedule.store, {
      after({ kind }) {
        if (kind === "delete") schedule.clock.set("2026-12-24T12:00:14.000Z");
        return undefined;
      },
    });
    expect(await namesOf(schedule, store).cancel(NAME)).toMatchObject({ outcome: "undecided" });
  });

  it("finds an event that may come late not there", async () => {
    const schedule = testSchedule();
    const id = `${TOMORROW}|out|k|trial/42;000000000000`;
    await writeObject(schedule, { version: 1, doubtful: [{ id, until: TOMORROW }] });
    expect(await namesOf(schedule).cancel(NAME)).toEqual({ outcome: "not-found" });
    expect(await objectOf(schedule)).toMatchObject({ doubtful: [{ id }] });
  });
});

describe("removeEnded", () => {
  it("removes objects of names that ended a day ago, and no others", async () => {
    const schedule = testSchedule();
    const names = namesOf(schedule);
    await names.put("delivered", { in: "1m", to: TO });
    await names.put("waiting", { in: "30d", to: TO });
    await names.put("cancelled", { in: "30d", to: TO });
    await names.cancel("cancelled");
    await schedule.clock.advance("1h");
    await sweeperOf(schedule).sweep();
    expect(await names.removeEnded()).toEqual({ removed: 0, kept: 3 });
    await schedule.clock.advance("24h");
    await names.put("fresh", { in: "1m", to: TO });
    expect(await names.removeEnded()).toEqual({ removed: 2, kept: 2 });
    const { objects } = await schedule.store.list({ bucket: "schedule", prefix: "keywhen/names/" });
    expect(objects.map(({ key }) => key)).toEqual(["keywhen/names/fresh", "keywhen/names/waiting"]);
  });

  it("keeps a locked name, one whose event moved, and unrecognized objects", async () => {
    const schedule = testSchedule();
    const names = namesOf(schedule);
    const { id } = await names.put("moved", { in: "30d", to: TO });
    await createScheduler(schedule).cancel(id);
    const expires = "2026-12-25T14:30:00.000Z";
    await writeObject(schedule, { version: 1, lock: { token: "x", expires } });
    const key = "keywhen/names/%zz";
    await schedule.store.put({ bucket: "schedule", key }, new Uint8Array());
    await schedule.clock.advance("26h");
    expect(await names.removeEnded()).toEqual({ removed: 0, kept: 3 });
  });

  it("leaves an object whose lock was taken too long ago", async () => {
    const schedule = testSchedule();
    await namesOf(schedule).put(NAME, { in: "1m", to: TO });
    await schedule.clock.advance("26h");
    await sweeperOf(schedule).sweep();
    const store = faultyStore(schedule.store, {
      after({ kind }) {
        if (kind === "put") schedule.clock.set(new Date(schedule.clock.now() + 20_000));
        return undefined;
      },
    });
    expect(await namesOf(schedule, store).removeEnded()).toEqual({ removed: 0, kept: 1 });
    expect(await running(schedule, namesOf(schedule).cancel(NAME))).toEqual({
      outcome: "not-found",
    });
  });
});

describe("createNamedEvents", () => {
  it("refuses stores and formats that can't have names", () => {
    const withCapabilities = (capabilities: object) => () =>
      createNamedEvents({ bucket: "schedule", store: memoryStore({ capabilities }) });
    for (const missing of [{ putIfAbsent: false }, { putIfVersion: false }, { clock: "none" }]) {
      expect(withCapabilities(missing)).toThrow(expect.objectContaining({ code: "not-supported" }));
    }
    const codec = otherCodec;
    const store = memoryStore();
    expect(() => createNamedEvents({ bucket: "schedule", store, codec })).toThrow(/key format/);
  });

  it("refuses what it can't put before anything is sent", async () => {
    const schedule = testSchedule();
    const { sent, store } = record(schedule.store);
    const names = namesOf(schedule, store);
    const at = TOMORROW;
    const refused: [string, object | undefined, string][] = [
      ["", { at, to: TO }, "invalid-id"],
      ["/a", { at, to: TO }, "invalid-id"],
      ["a/", { at, to: TO }, "invalid-id"],
      ["\ud800", { at, to: TO }, "invalid-id"],
      [NAME, undefined, "invalid-option"],
      [NAME, { at, to: TO, deliveryId: "x" }, "invalid-option"],
      [NAME, { at, to: TO, body: new ReadableStream() }, "invalid-option"],
      [NAME, { at, to: TO, size: -1, body: "x" }, "invalid-option"],
      [NAME, { at, to: TO, later: true }, "invalid-option"],
      [NAME, { at, to: TO, maxWait: "soon" }, "invalid-duration"],
      ["n".repeat(1_000), { at, to: TO }, "key-too-long"],
      [NAME, { at, to: TO, body: { length: 500_000_000 } }, "invalid-option"],
    ];
    for (const [name, event, code] of refused) {
      await expect(names.put(name, event as never)).rejects.toMatchObject({ code });
    }
    await expect(names.get(NAME, { search: 1 } as never)).rejects.toThrow(/search must be/);
    expect(sent).toEqual([]);
  });

  it("refuses a larger body than its lock is held for", async () => {
    const body = Object.defineProperty(new Uint8Array(1), "length", { value: 400_000_001 });
    const call = namesOf(testSchedule()).put(NAME, { at: TOMORROW, to: TO, body });
    await expect(call).rejects.toThrow(/at most 400000000 bytes/);
  });

  it("changes nothing while the clocks are too far apart, or can't be compared", async () => {
    const schedule = testSchedule();
    const ahead = { ...schedule.clock, now: () => schedule.clock.now() + 5_000 };
    const names = createNamedEvents({ ...schedule, clock: ahead });
    const call = names.put(NAME, { at: TOMORROW, to: TO });
    await expect(call).rejects.toMatchObject({ code: "clock-skew" });
    const { store } = schedule;
    const undated: ObjectStore = {
      ...store,
      get: (ref, call) => store.get(ref, { ...call, onDate: undefined }),
    };
    const unread = namesOf(schedule, undated).cancel(NAME);
    await expect(unread).rejects.toMatchObject({ code: "clock-skew" });
    expect(await waitingIn(schedule.store)).toEqual([]);
  });

  it("takes no lock by an answer without a time, although an earlier one had one", async () => {
    const schedule = testSchedule();
    const expires = "2026-12-24T12:00:00.000Z";
    await writeObject(schedule, { version: 1, lock: { token: "x", expires } });
    const { store } = schedule;
    let reads = 0;
    const undated: ObjectStore = {
      ...store,
      get: (ref, call) => store.get(ref, reads++ === 0 ? call : { ...call, onDate: undefined }),
    };
    const call = running(schedule, namesOf(schedule, undated).cancel(NAME));
    await expect(call).rejects.toThrow(/unknown whether another caller is changing the name/);
  });

  it("compares the clocks again after a slow answer", async () => {
    const schedule = testSchedule();
    let isSlow = true;
    const { store, clock } = schedule;
    const slow: ObjectStore = {
      ...store,
      async get(ref, call) {
        const answer = await store.get(ref, call);
        if (isSlow) await clock.sleep(4_000);
        isSlow = false;
        call?.onDate?.(new Date(clock.now()));
        return answer;
      },
    };
    const call = running(schedule, namesOf(schedule, slow).put(NAME, { at: TOMORROW, to: TO }));
    expect((await call).outcome).toBe("scheduled");
  });

  it("refuses an object that it can't read", async () => {
    const schedule = testSchedule();
    await writeObject(schedule, '{"version":2}');
    const call = namesOf(schedule).put(NAME, { at: TOMORROW, to: TO });
    await expect(call).rejects.toMatchObject({ code: "not-supported" });
  });

  it("works where store and callers read one clock", async () => {
    const schedule = testSchedule({ clock: "shared" });
    const names = namesOf(schedule);
    await names.put(NAME, { in: "1h", to: TO });
    expect(await names.put(NAME, { in: "2h", to: TO })).toMatchObject({ outcome: "replaced" });
  });
});

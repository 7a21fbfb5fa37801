import { describe, expect, it } from "vitest";
import { eventId } from "../key/event-id.js";
import { CLOSES, schedulerOnFaulty, schedulerWith, when } from "../test-support/one-event.js";
import {
  failFirst,
  keysOf,
  storeError,
  testSchedule,
  textOf,
} from "../test-support/test-schedule.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";
import { createScheduler } from "./create-scheduler.js";
import type { NewEvent } from "./new-event.js";

const to = { bucket: "out", key: "reports/42.json" };
const IN_AN_HOUR = "2026-12-24T13:00:00.000Z";
const event: NewEvent = { in: "1h", to, body: "hello" };

describe("schedule()", () => {
  it("writes one object: the key says when and where, the body is the payload", async () => {
    const schedule = testSchedule();
    const scheduled = await createScheduler(schedule).schedule(event);
    expect(scheduled).toMatchObject({ outcome: "scheduled", at: new Date(IN_AN_HOUR), to });
    expect(scheduled.id).toMatch(
      /^2026-12-24T13:00:00\.000Z\|out\|reports\/42\.json\|[0-9a-z]{12}$/,
    );
    const key = `keywhen/pending/${scheduled.id}`;
    expect(await keysOf(schedule.store, "schedule")).toEqual([key]);
    expect(await textOf(schedule.store, "schedule", key)).toBe("hello");
  });

  it("stores headers, user metadata, the due instant and the percent-encoded delivery id", async () => {
    const schedule = testSchedule();
    const contentType = "image/png";
    const headers = { contentType, contentEncoding: "gzip", cacheControl: "no-store" };
    const { id } = await createScheduler(schedule).schedule({
      at: IN_AN_HOUR,
      to,
      deliveryId: "order 42",
      body: new Uint8Array([0, 255]),
      ...headers,
      metadata: { user: "Ann" },
    });
    const info = await schedule.store.head({ bucket: "schedule", key: `keywhen/pending/${id}` });
    const metadata = { user: "Ann", "keywhen-id": "order%2042", "keywhen-at": IN_AN_HOUR };
    expect(info).toMatchObject({ size: 2, ...headers, metadata });
  });

  it("writes json as application/json, and an empty body by default", async () => {
    const schedule = testSchedule();
    const scheduler = createScheduler(schedule);
    const { id } = await scheduler.schedule({ in: "1h", to, json: { a: [1, null] } });
    expect((await scheduler.get(id))?.contentType).toBe("application/json");
    expect(await textOf(schedule.store, "schedule", `keywhen/pending/${id}`)).toBe(
      '{"a":[1,null]}',
    );
    const empty = await scheduler.schedule({ in: "1h", to });
    expect((await scheduler.get(empty.id))?.size).toBe(0);
  });

  it("streams a body", async () => {
    const schedule = testSchedule();
    const body = new Blob(["one ", "two"]).stream();
    const { id } = await createScheduler(schedule).schedule({ in: "1h", to, body, size: 7 });
    expect(await textOf(schedule.store, "schedule", `keywhen/pending/${id}`)).toBe("one two");
  });

  it("stores nothing if the stream breaks off", async () => {
    const schedule = testSchedule();
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(10));
        controller.error(new Error("the pipe broke"));
      },
    });
    const result = createScheduler(schedule).schedule({ in: "1h", to, body });
    await expect(result).rejects.toMatchObject({ cause: { message: "the pipe broke" } });
    expect(await keysOf(schedule.store, "schedule")).toEqual([]);
  });

  it("keeps the schedule under the given root", async () => {
    const schedule = { ...testSchedule(), root: "acme/jobs" };
    const { id } = await createScheduler(schedule).schedule(event);
    expect(await keysOf(schedule.store, "schedule")).toEqual([`acme/jobs/pending/${id}`]);
  });
});

describe("schedule() with a chosen delivery id", () => {
  const chosen = { at: IN_AN_HOUR, to, deliveryId: "order 42" };

  it("answers `exists` the second time and overwrites nothing", async () => {
    const schedule = testSchedule();
    const scheduler = createScheduler(schedule);
    const first = await scheduler.schedule({ ...chosen, body: "first" });
    const second = await scheduler.schedule({ ...chosen, body: "second" });
    expect([first.outcome, second.outcome]).toEqual(["scheduled", "exists"]);
    expect([first.id, second.id]).toEqual([eventId(chosen), eventId(chosen)]);
    expect(await textOf(schedule.store, "schedule", `keywhen/pending/${first.id}`)).toBe("first");
  });

  it("is too late from the guard before the due instant on, and sends nothing", async () => {
    const schedule = testSchedule();
    const scheduler = createScheduler(schedule);
    await schedule.clock.advance("3595999ms");
    expect((await scheduler.schedule(chosen)).outcome).toBe("scheduled");
    await schedule.clock.advance("1ms");
    const other = { ...chosen, deliveryId: "other" };
    await expect(scheduler.schedule(other)).rejects.toMatchObject({
      code: "too-late",
      id: eventId(other),
      deliveryId: "other",
      at: new Date(IN_AN_HOUR),
      to,
    });
    expect(await keysOf(schedule.store, "schedule")).toHaveLength(1);
  });

  it("is too late if it closes while the shard map is read, and sends nothing", async () => {
    const schedule = testSchedule();
    const store = faultyStore(schedule.store, {
      before: when("get", () => schedule.clock.set(CLOSES)),
    });
    const scheduler = createScheduler({ ...schedule, store, shards: "map" });
    await expect(scheduler.schedule(chosen)).rejects.toMatchObject({ code: "too-late" });
    expect(await keysOf(schedule.store, "schedule")).toEqual([]);
  });

  it("is undecided if the answer comes after it has closed", async () => {
    const schedule = testSchedule();
    const after = when("put", () => schedule.clock.set(CLOSES));
    const undecided = { code: "undecided", id: eventId(chosen) };
    const result = schedulerOnFaulty(schedule, { after }).schedule(chosen);
    await expect(result).rejects.toMatchObject(undecided);
  });

  it("needs put-if-absent, and sends nothing without it", async () => {
    const schedule = testSchedule();
    const capabilities = { ...schedule.store.capabilities, putIfAbsent: false };
    const result = schedulerWith(schedule, { capabilities }).schedule(chosen);
    await expect(result).rejects.toMatchObject({ code: "not-supported" });
    expect(await keysOf(schedule.store, "schedule")).toEqual([]);
  });
});

describe("schedule() on a store that fails", () => {
  const throttled = storeError("throttled", "put");

  /** A store that throttles puts, the first `times` of them, and the keys of all. */
  function throttlingSchedule(times: number) {
    const schedule = testSchedule();
    const keys: unknown[] = [];
    const failing = faultyStore(schedule.store, { before: failFirst("put", times, throttled) });
    const store = recordingStore(failing, ({ key }) => keys.push(key));
    return { ...schedule, store, keys };
  }

  it("tries again after a retryable error, with the same key", async () => {
    const { keys, ...schedule } = throttlingSchedule(2);
    const result = createScheduler(schedule).schedule(event);
    await schedule.clock.advance("1m");
    expect((await result).outcome).toBe("scheduled");
    expect(keys).toEqual(Array(3).fill(`keywhen/pending/${(await result).id}`));
  });

  it.each([
    ["sends a stream only once", { in: "1h", to, body: new Blob(["x"]).stream() } as const],
    ["does not try again once the event has closed", { in: "4s", to } as const],
  ])("%s", async (_, given) => {
    const { keys, ...schedule } = throttlingSchedule(99);
    await expect(createScheduler(schedule).schedule(given)).rejects.toBe(throttled);
    expect(keys).toHaveLength(1);
  });

  it("throws what certainly stored nothing", async () => {
    const error = storeError("denied", "put");
    const scheduler = schedulerOnFaulty(testSchedule(), { before: () => error });
    await expect(scheduler.schedule(event)).rejects.toBe(error);
  });

  it("is undecided, with the error, if no answer ever came", async () => {
    const schedule = testSchedule();
    const cause = storeError("unavailable", "put");
    const rejects = expect(
      schedulerOnFaulty(schedule, { after: () => cause }).schedule(event),
    ).rejects.toMatchObject({
      code: "undecided",
      id: expect.stringMatching(/^2026-12-24T13:00:00\.000Z\|out\|reports\/42\.json\|/),
      cause,
    });
    await schedule.clock.advance("1m");
    await rejects;
  });

  it("is undecided if one try went unanswered and the last was refused", async () => {
    const schedule = testSchedule();
    let puts = 0;
    const scheduler = schedulerOnFaulty(schedule, {
      before: () => (puts++ === 0 ? undefined : storeError("denied", "put")),
      after: failFirst("put", 1, storeError("unavailable", "put")),
    });
    const rejects = expect(scheduler.schedule(event)).rejects.toMatchObject({ code: "undecided" });
    await schedule.clock.advance("1m");
    await rejects;
  });

  const silent = { put: () => new Promise<never>(() => {}) };

  it("gives up on a store that never answers, after its time limit", async () => {
    const schedule = testSchedule();
    const result = schedulerWith(schedule, silent).schedule({ in: "1s", to });
    const undecided = { code: "undecided", cause: { code: "unavailable" } };
    const rejects = expect(result).rejects.toMatchObject(undecided);
    await schedule.clock.advance("12s");
    await rejects;
  });

  it("rejects with `aborted` when the caller aborts", async () => {
    const abort = new AbortController();
    const call = { signal: abort.signal };
    const result = schedulerWith(testSchedule(), silent).schedule(event, call);
    abort.abort();
    await expect(result).rejects.toMatchObject({ code: "aborted" });
  });
});

import { describe, expect, it } from "vitest";
import { codecV1 } from "../key/codec-v1.js";
import type { EventKey } from "../key/key-codec.js";
import {
  CLOSES,
  schedulerOnFaulty,
  scheduleWithEvent,
  to,
  when,
} from "../test-support/one-event.js";
import {
  failFirst,
  shardedSchedule,
  storeError,
  sweeperOf,
  testSchedule,
  textOf,
  waiting,
  waitingIn,
} from "../test-support/test-schedule.js";
import { recordingStore } from "../testing/faulty-store.js";
import { createScheduler } from "./create-scheduler.js";

const LATER = "2026-12-24T15:00:00.000Z";
const NOT_YET = "2026-12-24T12:59:55.500Z";

const scheduled = (schedule = testSchedule()) =>
  scheduleWithEvent(
    {
      body: "old",
      contentType: "text/plain",
      contentEncoding: "identity",
      cacheControl: "no-store",
      metadata: { user: "ann" },
    },
    schedule,
  );

const pending = (id: string) => ({ bucket: "schedule", key: `keywhen/pending/${id}` });

const streamOf = (text: string) => new Blob([text]).stream();

describe("reschedule() with new content", () => {
  it("replaces the body and what describes it, at the same instant", async () => {
    const { schedule, id, deliveryId } = await scheduled();
    const result = await createScheduler(schedule).reschedule(id, { json: { version: 2 } });
    expect(result).toMatchObject({
      outcome: "rescheduled",
      id: expect.stringMatching(/~[0-9a-f]{8}$/),
      at: new Date("2026-12-24T13:00:00.000Z"),
    });
    const [replaced = "", ...others] = await waitingIn(schedule.store);
    expect(others).toEqual([]);
    expect(result).toMatchObject({ id: replaced });
    expect(replaced.startsWith(`${id}~`)).toBe(true);
    const { key } = pending(replaced);
    expect(await textOf(schedule.store, "schedule", key)).toBe('{"version":2}');
    expect(await schedule.store.head(pending(replaced))).toMatchObject({
      contentType: "application/json",
      contentEncoding: undefined,
      cacheControl: "no-store",
      metadata: {
        user: "ann",
        "keywhen-id": deliveryId,
        "keywhen-at": "2026-12-24T13:00:00.000Z",
      },
    });
  });

  it("moves it at the same time, and replaces metadata and cache control that are given", async () => {
    const { schedule, id, deliveryId } = await scheduled();
    const change = { at: LATER, body: "", cacheControl: "max-age=60", metadata: { by: "bob" } };
    const result = await createScheduler(schedule).reschedule(id, change);
    expect(result).toMatchObject({ outcome: "rescheduled", at: new Date(LATER) });
    const [moved = ""] = await waitingIn(schedule.store);
    expect(moved.startsWith(`${LATER}|out|k|${deliveryId}~`)).toBe(true);
    const info = await schedule.store.head(pending(moved));
    expect(info).toMatchObject({ size: 0, contentType: undefined, cacheControl: "max-age=60" });
    expect(info?.metadata).toEqual({ by: "bob", "keywhen-id": deliveryId, "keywhen-at": LATER });
  });

  it("has the new body delivered once, also by a sweeper that has listed the old event", async () => {
    const { schedule, id } = await scheduled();
    schedule.clock.set("2026-12-24T12:59:30Z");
    const sweeping = sweeperOf(schedule).sweep({ lookAhead: "1m" });
    await schedule.clock.advance("10s");
    await createScheduler(schedule).reschedule(id, { body: "new" });
    await schedule.clock.advance("5m");
    expect(await sweeping).toMatchObject({ delivered: 1 });
    expect(await textOf(schedule.store, "out", "k")).toBe("new");
    expect(await waitingIn(schedule.store)).toEqual([]);
  });

  it("takes a stream, and sends it once", async () => {
    const { schedule, id } = await scheduled();
    const result = await createScheduler(schedule).reschedule(id, { body: streamOf("new") });
    expect(result).toMatchObject({ outcome: "rescheduled" });
    const [replaced = ""] = await waitingIn(schedule.store);
    expect(await textOf(schedule.store, "schedule", pending(replaced).key)).toBe("new");
    const error = storeError("unavailable", "put", { undecided: true });
    const puts: string[] = [];
    const store = recordingStore(schedule.store, ({ kind }) => kind === "put" && puts.push(kind));
    const faulty = schedulerOnFaulty({ ...schedule, store }, { after: failFirst("put", 1, error) });
    const again = await faulty.reschedule(replaced, { body: streamOf("newer") });
    expect(again).toMatchObject({ outcome: "undecided", id: replaced, error });
    expect(puts).toEqual(["put"]);
    expect(await waitingIn(schedule.store)).toHaveLength(2);
  });

  it("tries a put of bytes again", async () => {
    const { schedule, id } = await scheduled();
    const error = storeError("unavailable", "put", { undecided: true });
    const scheduler = schedulerOnFaulty(schedule, { after: failFirst("put", 1, error) });
    const replacing = scheduler.reschedule(id, { body: "new" });
    await schedule.clock.advance("1m");
    expect(await replacing).toMatchObject({ outcome: "rescheduled" });
    expect(await waitingIn(schedule.store)).toHaveLength(1);
  });

  it("is undecided if the delete is not answered; calling again finishes it", async () => {
    const { schedule, id } = await scheduled();
    const error = storeError("unavailable", "delete");
    const scheduler = schedulerOnFaulty(schedule, { before: failFirst("delete", 5, error) });
    const first = scheduler.reschedule(id, { body: "new" });
    await schedule.clock.advance("1m");
    const broken = await first;
    expect(broken).toMatchObject({ outcome: "undecided", id, error });
    const newId = "newId" in broken ? broken.newId : "";
    expect(await waitingIn(schedule.store)).toEqual([id, newId]);
    const second = await scheduler.reschedule(id, { body: "new" });
    expect(second).toMatchObject({ outcome: "rescheduled", id: newId });
    expect(await waitingIn(schedule.store)).toEqual([newId]);
  });

  it.each([
    ["too-late", "before", "get", 1],
    ["too-late", "before", "head", 1],
    ["undecided", "after", "put", 2],
    ["undecided", "after", "delete", 1],
  ] as const)("is %s if it closes %s the %s, and leaves %d", async (outcome, side, kind, left) => {
    const { schedule, id } = await scheduled();
    schedule.clock.set(NOT_YET);
    const faults = { [side]: when(kind, () => schedule.clock.set(CLOSES)) };
    const result = await schedulerOnFaulty(schedule, faults).reschedule(id, { body: "new" });
    expect(result).toMatchObject({ outcome });
    expect(await waitingIn(schedule.store)).toHaveLength(left);
    if (outcome === "too-late") expect(await waitingIn(schedule.store)).toEqual([id]);
  });

  it("changes nothing if it has closed, if it does not wait, or if the put is refused", async () => {
    const { schedule, id } = await scheduled();
    const scheduler = createScheduler(schedule);
    const other = await scheduler.reschedule(id.replace("|k|", "|other|"), { body: "new" });
    expect(other).toEqual({ outcome: "not-found" });
    const before = failFirst("put", 1, storeError("denied", "put"));
    const refused = schedulerOnFaulty(schedule, { before }).reschedule(id, { body: "new" });
    await expect(refused).rejects.toMatchObject({ code: "denied" });
    schedule.clock.set(CLOSES);
    const closed = await scheduler.reschedule(id, { body: "new" });
    expect(closed).toEqual({ outcome: "too-late", closedAt: new Date(CLOSES) });
    expect(await waitingIn(schedule.store)).toEqual([id]);
    expect(await textOf(schedule.store, "schedule", pending(id).key)).toBe("old");
  });

  it("changes nothing if the metadata would be too large", async () => {
    const { schedule, id } = await scheduled();
    const change = { body: "new", metadata: { user: "x".repeat(1_990) } };
    const replacing = createScheduler(schedule).reschedule(id, change);
    await expect(replacing).rejects.toMatchObject({ code: "invalid-option" });
    expect(await waitingIn(schedule.store)).toEqual([id]);
  });

  it("loses nothing if the new key is the old one", async () => {
    const { schedule, id } = await scheduled();
    const encode = (event: EventKey) => codecV1.encode({ ...event, suffix: undefined });
    const scheduler = createScheduler({ ...schedule, codec: { ...codecV1, encode } });
    const result = await scheduler.reschedule(id, { body: "new" });
    expect(result).toMatchObject({ outcome: "rescheduled", id });
    expect(await waitingIn(schedule.store)).toEqual([id]);
    expect(await textOf(schedule.store, "schedule", pending(id).key)).toBe("new");
  });

  it("leaves one event with the content of one of two calls at the same time", async () => {
    const { schedule, id } = await scheduled();
    const scheduler = createScheduler(schedule);
    const bodies = ["one", "two"];
    const results = await Promise.all(bodies.map((body) => scheduler.reschedule(id, { body })));
    expect(results).toMatchObject([{ outcome: "rescheduled" }, { outcome: "rescheduled" }]);
    const [left = "", ...others] = await waitingIn(schedule.store);
    expect(others).toEqual([]);
    expect(bodies).toContain(await textOf(schedule.store, "schedule", pending(left).key));
  });
});

describe("reschedule() with new content and shards", () => {
  const inTwoPartitions = async () => {
    const schedule = await shardedSchedule(4);
    const event = { at: LATER, to, deliveryId: "order-42", body: "old" };
    const { id } = await createScheduler(schedule).schedule(event);
    const [key = ""] = await waiting(schedule);
    const other = key.replace("/pending/", "/pending.03/");
    await schedule.store.copy({ bucket: "schedule", key }, { bucket: "schedule", key: other });
    return { schedule, id };
  };

  it("replaces the event in each partition where it waits", async () => {
    const { schedule, id } = await inTwoPartitions();
    const keys = await waiting(schedule);
    expect(keys).toHaveLength(2);
    const result = await createScheduler(schedule).reschedule(id, { body: "new" });
    expect(result).toMatchObject({ outcome: "rescheduled" });
    const replaced = await waiting(schedule);
    expect(replaced.map((key) => key.replace(/~.*/, ""))).toEqual(keys);
    for (const key of replaced) expect(await textOf(schedule.store, "schedule", key)).toBe("new");
  });

  it("refuses a stream for the second one", async () => {
    const { schedule, id } = await inTwoPartitions();
    const replacing = createScheduler(schedule).reschedule(id, { body: streamOf("new") });
    await expect(replacing).rejects.toMatchObject({
      code: "invalid-option",
      message: expect.stringContaining("repeat the call with the body as bytes"),
    });
    const again = await createScheduler(schedule).reschedule(id, { body: "new" });
    expect(again).toMatchObject({ outcome: "rescheduled" });
    const bodies = (await waiting(schedule)).map((key) => textOf(schedule.store, "schedule", key));
    expect(await Promise.all(bodies)).toEqual(["new", "new"]);
  });
});

describe("reschedule() refuses, and sends nothing for", () => {
  it.each([
    ["a content type alone", { contentType: "text/plain" }],
    ["metadata alone", { at: LATER, metadata: { a: "1" } }],
    ["a size alone", { at: LATER, size: 3 }],
    ["json that is undefined", { at: LATER, json: undefined }],
    ["json and body", { json: 1, body: "x" }],
    ["a header that no store can keep", { body: "x", contentType: "a\nb" }],
    ["a typo", { bodi: "x" }],
  ])("%s", async (_, change) => {
    const { schedule, id } = await scheduled();
    const sent: string[] = [];
    const store = recordingStore(schedule.store, ({ kind }) => sent.push(kind));
    const changing = createScheduler({ ...schedule, store }).reschedule(id, change as never);
    await expect(changing).rejects.toMatchObject({ code: "invalid-option" });
    expect(sent).toEqual([]);
  });

  it("a content that is undefined, and moves it if a time is given", async () => {
    const { schedule, id } = await scheduled();
    const change = { at: LATER, body: undefined, contentType: undefined };
    const moved = await createScheduler(schedule).reschedule(id, change as never);
    expect(moved).toMatchObject({ outcome: "rescheduled", at: new Date(LATER) });
  });
});

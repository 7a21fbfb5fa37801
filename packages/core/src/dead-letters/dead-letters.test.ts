import { describe, expect, it } from "vitest";
import { createScheduler } from "../scheduler/create-scheduler.js";
import type { ObjectStore } from "../store/object-store.js";
import { when } from "../test-support/one-event.js";
import {
  failFirst,
  NOON,
  storeError,
  sweeperOf,
  type TestSchedule,
  testSchedule,
  textOf,
  waitingIn,
  writeAllowed,
} from "../test-support/test-schedule.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";
import { createDeadLetters } from "./dead-letters.js";

const to = { bucket: "secret", key: "k" };
const TOMORROW = { at: "2026-12-25T09:00Z" } as const;

/** Refuses every event that is due but not for the bucket "out". */
async function sweepRefusing(schedule: TestSchedule) {
  await writeAllowed(schedule.store);
  await sweeperOf(schedule, { allowTargets: ["out/*"] }).sweep();
}

/** A schedule with one dead letter, refused a minute ago. */
async function withDeadLetter(metadata = { user: "ann" }) {
  const schedule = testSchedule();
  const event = { at: NOON, to, body: "payload", metadata };
  const { id, deliveryId } = await createScheduler(schedule).schedule(event);
  await sweepRefusing(schedule);
  await schedule.clock.advance("1m");
  const over = (calls: Partial<ObjectStore>) =>
    createDeadLetters({ ...schedule, store: { ...schedule.store, ...calls } });
  return { schedule, id, deliveryId, dead: over({}), over };
}

describe("createDeadLetters()", () => {
  it("lists dead letters, with the filters of a schedule", async () => {
    const { schedule, id, dead } = await withDeadLetter();
    const scheduler = createScheduler(schedule);
    await scheduler.schedule({ in: "0s", to: { ...to, key: "other" } });
    await sweepRefusing(schedule);
    const targets = async (filter = {}) => {
      const keys: string[] = [];
      for await (const event of dead.list(filter)) keys.push(event.to.key);
      return keys;
    };
    expect(await targets()).toEqual(["k", "other"]);
    expect(await targets({ to: { bucket: "out" } })).toEqual([]);
    expect(await targets({ limit: 1 })).toEqual(["k"]);
    expect(await targets({ after: id })).toEqual(["other"]);
    for await (const event of scheduler.list()) throw new Error(`${event.id} waits`);
  });

  it("returns when and why an event was dead-lettered, and its body", async () => {
    const { id, deliveryId, dead } = await withDeadLetter();
    expect(await dead.get(id)).toEqual({
      id,
      at: new Date(NOON),
      to,
      size: 7,
      writtenAt: new Date(NOON),
      deliveryId,
      contentType: undefined,
      metadata: { user: "ann" },
      diedAt: new Date(NOON),
      reason: "target-not-allowed",
      error: { code: "target-not-allowed", message: "secret/k is outside allowTargets (out/*)" },
    });
    expect(await new Response(await dead.open(id)).text()).toBe("payload");
    expect(await dead.get(`${NOON}|out|other|id`)).toBeUndefined();
    expect(await dead.open(`${NOON}|out|other|id`)).toBeUndefined();
  });

  it("cuts the reason to the room in the metadata", async () => {
    const metadata = { user: "a".repeat(1_880) };
    const { id, dead } = await withDeadLetter(metadata);
    expect(await dead.get(id)).toMatchObject({
      metadata,
      reason: "target-not-allowed",
      error: { code: "target-not-allowed", message: "" },
    });
  });
});

describe("redrive()", () => {
  it("schedules it for now with body, metadata and delivery id, without the reason", async () => {
    const { schedule, id, deliveryId, dead } = await withDeadLetter();
    const at = new Date("2026-12-24T12:01:00.000Z");
    expect(await dead.redrive(id)).toMatchObject({ outcome: "redriven", at });
    expect(await dead.get(id)).toBeUndefined();
    expect(await sweeperOf(schedule).sweep()).toMatchObject({ delivered: 1 });
    expect(await textOf(schedule.store, "secret", "k")).toBe("payload");
    expect((await schedule.store.head(to))?.metadata).toEqual({
      user: "ann",
      "keywhen-id": deliveryId,
      "keywhen-at": at.toISOString(),
    });
  });

  it("schedules it for another moment", async () => {
    const { id, dead } = await withDeadLetter();
    expect(await dead.redrive(id, TOMORROW)).toMatchObject({
      outcome: "redriven",
      id: expect.stringMatching(/^2026-12-25T09:00:00\.000Z\|secret\|k\|\w{12}~[0-9a-f]{8}$/),
    });
  });

  it("returns `not-found` if it leaves before the copy", async () => {
    const { schedule, id } = await withDeadLetter();
    const leave = () => schedule.store.delete("schedule", [`keywhen/dead/${id}`]);
    const store = recordingStore(schedule.store, when("copy", leave));
    const result = await createDeadLetters({ ...schedule, store }).redrive(id);
    expect(result).toEqual({ outcome: "not-found" });
    expect(await waitingIn(schedule.store)).toEqual([]);
  });

  it("finishes a call that broke off if the moment is the same", async () => {
    const { schedule, id, dead, over } = await withDeadLetter();
    const error = storeError("denied", "delete");
    const broken = over({ delete: async () => [{ outcome: "failed", error }] });
    expect(await broken.redrive(id, TOMORROW)).toMatchObject({ outcome: "undecided", error });
    expect(await dead.redrive(id, TOMORROW)).toMatchObject({ outcome: "redriven" });
    expect(await waitingIn(schedule.store)).toHaveLength(1);
  });
});

describe("purge()", () => {
  it("deletes a dead letter, once", async () => {
    const { id, dead } = await withDeadLetter();
    expect(await dead.purge(id)).toEqual({ outcome: "purged" });
    expect(await dead.purge(id)).toEqual({ outcome: "not-found" });
    expect(await dead.redrive(id)).toEqual({ outcome: "not-found" });
    expect(await dead.get(id)).toBeUndefined();
  });

  it("is undecided if the store says nothing of its key", async () => {
    const { id, over } = await withDeadLetter();
    expect(await over({ delete: async () => [] }).purge(id)).toMatchObject({
      outcome: "undecided",
      error: { code: "unexpected" },
    });
  });

  it("is undecided if the store doesn't answer", async () => {
    const { schedule, id } = await withDeadLetter();
    const after = failFirst("delete", 9, storeError("unavailable", "delete"));
    const store = faultyStore(schedule.store, { after });
    const purging = createDeadLetters({ ...schedule, store }).purge(id);
    await schedule.clock.advance("1m");
    expect(await purging).toMatchObject({ outcome: "undecided", error: { code: "unavailable" } });
  });
});

import { describe, expect, it } from "vitest";
import { createScheduler } from "../scheduler/create-scheduler.js";
import {
  failFirst,
  NOON,
  storeError,
  sweeperOf,
  testSchedule,
  textOf,
  waitingIn,
  writeAllowed,
} from "../test-support/test-schedule.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";
import { createDeadLetters } from "./dead-letters.js";

/** A schedule with one dead letter, refused a minute ago. */
async function homeWithDead() {
  const home = testSchedule();
  const event = { at: NOON, to: { bucket: "secret", key: "k" }, body: "payload" };
  const scheduled = await createScheduler(home).schedule({ ...event, metadata: { user: "ann" } });
  await writeAllowed(home.store);
  await sweeperOf(home, { allowTargets: ["out/*"] }).sweep();
  await home.clock.advance("1m");
  return { home, id: scheduled.id, deliveryId: scheduled.deliveryId };
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("createDeadLetters()", () => {
  it("lists what was given up, with the filters of a schedule", async () => {
    const { home, id } = await homeWithDead();
    const dead = createDeadLetters(home);
    expect(await collect(dead.list())).toMatchObject([{ id, to: { bucket: "secret", key: "k" } }]);
    expect(await collect(dead.list({ to: { bucket: "out" } }))).toEqual([]);
    await createScheduler(home).schedule({ in: "0s", to: { bucket: "secret", key: "other" } });
    await writeAllowed(home.store);
    await sweeperOf(home, { allowTargets: ["out/*"] }).sweep();
    expect(await collect(dead.list())).toHaveLength(2);
    expect(await collect(dead.list({ limit: 1 }))).toMatchObject([{ id }]);
    expect(await collect(createScheduler(home).list())).toEqual([]);
  });

  it("returns when and why an event was dead-lettered, and its body", async () => {
    const { home, id, deliveryId } = await homeWithDead();
    const dead = createDeadLetters(home);
    expect(await dead.get(id)).toEqual({
      id,
      at: new Date(NOON),
      to: { bucket: "secret", key: "k" },
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

  it("keeps of its death what there is room for in the metadata", async () => {
    const home = testSchedule();
    const event = { at: NOON, to: { bucket: "secret", key: "k" } };
    const metadata = { user: "a".repeat(1_880) };
    const { id } = await createScheduler(home).schedule({ ...event, metadata });
    await writeAllowed(home.store);
    await sweeperOf(home, { allowTargets: ["out/*"] }).sweep();
    expect(await createDeadLetters(home).get(id)).toMatchObject({
      metadata,
      reason: "target-not-allowed",
      error: { code: "target-not-allowed", message: "" },
    });
  });
});

describe("redrive()", () => {
  it("schedules it again, due now, with body, metadata and delivery id, and no trace of its death", async () => {
    const { home, id, deliveryId } = await homeWithDead();
    const result = await createDeadLetters(home).redrive(id);
    const at = new Date("2026-12-24T12:01:00.000Z");
    expect(result).toMatchObject({ outcome: "redriven", at });
    expect(await createDeadLetters(home).get(id)).toBeUndefined();
    expect(await sweeperOf(home).sweep()).toMatchObject({ delivered: 1 });
    expect(await textOf(home.store, "secret", "k")).toBe("payload");
    const delivered = await home.store.head({ bucket: "secret", key: "k" });
    expect(delivered?.metadata).toEqual({
      user: "ann",
      "keywhen-id": deliveryId,
      "keywhen-at": at.toISOString(),
    });
  });

  it("schedules it for another moment, if that is wanted", async () => {
    const { home, id } = await homeWithDead();
    const when = { at: "2026-12-25T09:00Z" };
    expect(await createDeadLetters(home).redrive(id, when)).toMatchObject({
      outcome: "redriven",
      id: expect.stringMatching(/^2026-12-25T09:00:00\.000Z\|secret\|k\|\w{12}~[0-9a-f]{8}$/),
    });
  });

  it("reports a dead letter that does not exist", async () => {
    const { home, id } = await homeWithDead();
    const dead = createDeadLetters(home);
    await dead.purge(id);
    expect(await dead.redrive(id)).toEqual({ outcome: "not-found" });
  });

  it("says if it goes while it is being written again", async () => {
    const { home, id } = await homeWithDead();
    const store = recordingStore(home.store, ({ kind }) => {
      if (kind === "copy") void home.store.delete("schedule", [`keywhen/dead/${id}`]);
    });
    const result = await createDeadLetters({ ...home, store }).redrive(id);
    expect(result).toEqual({ outcome: "not-found" });
    expect(await waitingIn(home.store)).toEqual([]);
  });

  it("finishes what broke off when it is called again with the same moment", async () => {
    const { home, id } = await homeWithDead();
    const when = { at: "2026-12-25T09:00Z" };
    const error = storeError("denied", "delete");
    const store = {
      ...home.store,
      delete: async () => [{ outcome: "failed", error } as const],
    };
    const broken = await createDeadLetters({ ...home, store }).redrive(id, when);
    expect(broken).toMatchObject({ outcome: "undecided", error });
    expect(await createDeadLetters(home).redrive(id, when)).toMatchObject({ outcome: "redriven" });
    expect(await waitingIn(home.store)).toHaveLength(1);
  });
});

describe("purge()", () => {
  it("deletes a dead letter, once", async () => {
    const { home, id } = await homeWithDead();
    const dead = createDeadLetters(home);
    expect(await dead.purge(id)).toEqual({ outcome: "purged" });
    expect(await dead.purge(id)).toEqual({ outcome: "not-found" });
    expect(await dead.get(id)).toBeUndefined();
  });

  it("is undecided if the store says nothing of its key", async () => {
    const { home, id } = await homeWithDead();
    const store = { ...home.store, delete: async () => [] };
    expect(await createDeadLetters({ ...home, store }).purge(id)).toMatchObject({
      outcome: "undecided",
      error: { code: "unexpected", message: expect.stringContaining("no answer for this key") },
    });
  });

  it("is undecided if the store doesn't answer", async () => {
    const { home, id } = await homeWithDead();
    const after = failFirst("delete", 9, storeError("unavailable", "delete"));
    const purging = createDeadLetters({ ...home, store: faultyStore(home.store, { after }) }).purge(
      id,
    );
    await home.clock.advance("1m");
    expect(await purging).toMatchObject({ outcome: "undecided", error: { code: "unavailable" } });
  });
});

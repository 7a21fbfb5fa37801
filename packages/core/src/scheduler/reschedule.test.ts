import { describe, expect, it } from "vitest";
import type { ObjectStore } from "../store/object-store.js";
import {
  failFirst,
  keysOf,
  storeError,
  testSchedule,
  textOf,
  writeByHand,
} from "../test-support/test-schedule.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";
import { createScheduler } from "./create-scheduler.js";

const to = { bucket: "out", key: "k" };
const LATER = "2026-12-24T15:00:00.000Z";

async function scheduled(home = testSchedule()) {
  const { id, deliveryId } = await createScheduler(home).schedule({
    in: "1h",
    to,
    body: "hello",
    contentType: "text/plain",
    metadata: { user: "ann" },
  });
  return { home, id, deliveryId };
}

describe("reschedule()", () => {
  it("moves an event with its body, headers and delivery id to another instant", async () => {
    const { home, id, deliveryId } = await scheduled();
    const result = await createScheduler(home).reschedule(id, { at: LATER });
    expect(result).toMatchObject({ outcome: "rescheduled", at: new Date(LATER) });
    const [key = ""] = await keysOf(home.store, "schedule");
    expect(key).toMatch(
      new RegExp(`^keywhen/pending/${LATER}\\|out\\|k\\|${deliveryId}~[0-9a-f]{8}$`),
    );
    expect(await textOf(home.store, "schedule", key)).toBe("hello");
    expect(await home.store.head({ bucket: "schedule", key })).toMatchObject({
      contentType: "text/plain",
      metadata: { user: "ann", "keywhen-id": deliveryId, "keywhen-at": LATER },
    });
    expect(await keysOf(home.store, "schedule")).toHaveLength(1);
  });

  it("gives the same key for the same move, and another one for each further move", async () => {
    const { home, id } = await scheduled();
    const scheduler = createScheduler(home);
    const there = await scheduler.reschedule(id, { at: LATER });
    if (there.outcome !== "rescheduled") throw new Error(there.outcome);
    const back = await scheduler.reschedule(there.id, { at: "2026-12-24T13:00Z" });
    if (back.outcome !== "rescheduled") throw new Error(back.outcome);
    expect(back.id).not.toBe(id);
    expect(back.id.replace(/~.*/, "")).toBe(id);
  });

  it("moves an event with its metadata unchanged where the store can't write it again", async () => {
    const { home, id, deliveryId } = await scheduled();
    const store: ObjectStore = {
      ...home.store,
      copy: async (source, target, options) => {
        if (options?.metadata !== undefined) throw storeError("not-supported", "copy");
        return home.store.copy(source, target, options);
      },
    };
    const result = await createScheduler({ ...home, store }).reschedule(id, { at: LATER });
    expect(result).toMatchObject({ outcome: "rescheduled", at: new Date(LATER) });
    const [key = "", ...others] = await keysOf(home.store, "schedule");
    expect(others).toEqual([]);
    expect(key).toContain(`/${LATER}|out|k|${deliveryId}~`);
    expect(await textOf(home.store, "schedule", key)).toBe("hello");
    expect(await home.store.head({ bucket: "schedule", key })).toMatchObject({
      metadata: { user: "ann", "keywhen-id": deliveryId },
    });
  });

  it("gives an event without a delivery id one made of its old id", async () => {
    const home = testSchedule();
    await writeByHand(home.store, "2026-12-24T13:00:00.000Z|out|k", "by hand");
    const scheduler = createScheduler(home);
    const result = await scheduler.reschedule("2026-12-24T13:00:00.000Z|out|k", { at: LATER });
    expect(result).toMatchObject({ id: expect.stringMatching(/\|out\|k\|[0-9a-f]{12}$/) });
    const [key = ""] = await keysOf(home.store, "schedule");
    const info = await home.store.head({ bucket: "schedule", key });
    expect(info?.metadata["keywhen-id"]).toBe(key.slice(-12));
  });

  it("has nothing to do if the event is due then already", async () => {
    const { home, id } = await scheduled();
    const result = await createScheduler(home).reschedule(id, { at: "2026-12-24T13:00Z" });
    expect(result).toEqual({ outcome: "unchanged", id });
  });

  it("doesn't find an event that doesn't wait", async () => {
    const { home, id } = await scheduled();
    await createScheduler(home).cancel(id);
    const result = await createScheduler(home).reschedule(id, { at: LATER });
    expect(result).toEqual({ outcome: "not-found" });
    expect(await keysOf(home.store, "schedule")).toEqual([]);
  });

  it("is too late once the event has closed", async () => {
    const { home, id } = await scheduled();
    home.clock.set("2026-12-24T12:59:56Z");
    const result = await createScheduler(home).reschedule(id, { at: LATER });
    expect(result.outcome).toBe("too-late");
    expect(await keysOf(home.store, "schedule")).toEqual([`keywhen/pending/${id}`]);
  });

  it("refuses an instant that is closer than the guard", async () => {
    const { home, id } = await scheduled();
    const result = createScheduler(home).reschedule(id, { in: "4s" });
    await expect(result).rejects.toThrow(
      /^2026-\S+Z is only [\d.]+ s ahead, and an event can be moved only to an instant more than 4 s ahead\.$/,
    );
    expect(await keysOf(home.store, "schedule")).toEqual([`keywhen/pending/${id}`]);
  });

  it("is undecided with both ids if the delete goes unanswered, and calling again finishes it", async () => {
    const { home, id } = await scheduled();
    const error = storeError("unavailable", "delete");
    const before = failFirst("delete", 5, error);
    const scheduler = createScheduler({ ...home, store: faultyStore(home.store, { before }) });
    const first = scheduler.reschedule(id, { at: LATER });
    await home.clock.advance("1m");
    const broken = await first;
    expect(broken).toMatchObject({ outcome: "undecided", id, error });
    const newId = "newId" in broken ? broken.newId : "";
    const both = [`keywhen/pending/${id}`, `keywhen/pending/${newId}`];
    expect(await keysOf(home.store, "schedule")).toEqual(both);
    expect(await scheduler.reschedule(id, { at: LATER })).toMatchObject({
      outcome: "rescheduled",
      id: newId,
    });
    expect(await keysOf(home.store, "schedule")).toEqual(both.slice(1));
  });

  it("is undecided if the delete is denied: both events wait", async () => {
    const { home, id } = await scheduled();
    const before = failFirst("delete", 1, storeError("denied", "delete"));
    const scheduler = createScheduler({ ...home, store: faultyStore(home.store, { before }) });
    expect(await scheduler.reschedule(id, { at: LATER })).toMatchObject({ outcome: "undecided" });
  });

  it("is too late if it closes while the store is asked for it", async () => {
    for (const asked of ["get", "head"]) {
      const { home, id } = await scheduled();
      home.clock.set("2026-12-24T12:59:55.500Z");
      const store = recordingStore(home.store, ({ kind }) => {
        if (kind === asked) home.clock.set("2026-12-24T12:59:56Z");
      });
      const result = await createScheduler({ ...home, store }).reschedule(id, { at: LATER });
      expect(result.outcome).toBe("too-late");
      expect(await keysOf(home.store, "schedule")).toEqual([`keywhen/pending/${id}`]);
    }
  });

  it("is undecided if the copy is never answered, and the old event stays", async () => {
    const { home, id } = await scheduled();
    const error = storeError("unavailable", "copy");
    const store = faultyStore(home.store, { after: failFirst("copy", 9, error) });
    const moving = createScheduler({ ...home, store }).reschedule(id, { at: LATER });
    await home.clock.advance("1m");
    expect(await moving).toMatchObject({ outcome: "undecided", id, error });
    expect(await keysOf(home.store, "schedule")).toContain(`keywhen/pending/${id}`);
  });

  it("is undecided if the delete is answered after it has closed", async () => {
    const { home, id } = await scheduled();
    const store = faultyStore(home.store, {
      after: ({ kind }) => {
        if (kind === "delete") home.clock.set("2026-12-24T12:59:56Z");
        return undefined;
      },
    });
    const result = await createScheduler({ ...home, store }).reschedule(id, { at: LATER });
    expect(result).toMatchObject({ outcome: "undecided", id });
  });

  it("needs no guard where one clock serves, but an instant to come", async () => {
    const { home, id } = await scheduled(testSchedule({ clock: "shared" }));
    const scheduler = createScheduler(home);
    await expect(scheduler.reschedule(id, { in: "0s" })).rejects.toThrow(
      /^2026-\S+Z is in the past: give an instant in the future\.$/,
    );
    expect(await scheduler.reschedule(id, { in: "1ms" })).toMatchObject({ outcome: "rescheduled" });
  });

  it("leaves the old event alone if the copy is answered after it has closed", async () => {
    const { home, id } = await scheduled();
    const store = faultyStore(home.store, {
      after: ({ kind }) => {
        if (kind === "copy") home.clock.set("2026-12-24T12:59:56Z");
        return undefined;
      },
    });
    const result = await createScheduler({ ...home, store }).reschedule(id, { at: LATER });
    expect(result.outcome).toBe("undecided");
    expect(await keysOf(home.store, "schedule")).toHaveLength(2);
  });

  it("changes nothing if the copy is refused", async () => {
    const { home, id } = await scheduled();
    const before = failFirst("copy", 1, storeError("denied", "copy"));
    const scheduler = createScheduler({ ...home, store: faultyStore(home.store, { before }) });
    await expect(scheduler.reschedule(id, { at: LATER })).rejects.toMatchObject({ code: "denied" });
    expect(await keysOf(home.store, "schedule")).toEqual([`keywhen/pending/${id}`]);
  });

  it("doesn't find an event that another call cancels between the HEAD and the copy", async () => {
    const { home, id } = await scheduled();
    const key = `keywhen/pending/${id}`;
    let kinds = "";
    const store = recordingStore(home.store, ({ kind }) => {
      kinds += `${kind} `;
      if (kind === "copy") void home.store.delete("schedule", [key]);
    });
    const result = await createScheduler({ ...home, store }).reschedule(id, { at: LATER });
    expect(result).toEqual({ outcome: "not-found" });
    expect(kinds).toBe("get head copy ");
  });
});

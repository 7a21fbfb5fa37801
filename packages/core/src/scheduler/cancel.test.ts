import { describe, expect, it } from "vitest";
import type { ObjectStore } from "../store/object-store.js";
import { failFirst, keysOf, storeError, testSchedule } from "../test-support/test-schedule.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";
import { createScheduler } from "./create-scheduler.js";

const event = { in: "1h", to: { bucket: "out", key: "k" } } as const;
const CLOSES = "2026-12-24T12:59:56.000Z";

describe("cancel()", () => {
  it("takes a waiting event back, once", async () => {
    const home = testSchedule();
    const scheduler = createScheduler(home);
    const { id } = await scheduler.schedule(event);
    expect(await scheduler.cancel(id)).toEqual({ outcome: "cancelled", id });
    expect(await keysOf(home.store, "schedule")).toEqual([]);
    expect(await scheduler.cancel(id)).toEqual({ outcome: "not-found" });
  });

  it("is too late from the guard before the due instant on, and leaves the event alone", async () => {
    const home = testSchedule();
    const scheduler = createScheduler(home);
    const { id } = await scheduler.schedule(event);
    home.clock.set(CLOSES);
    expect(await scheduler.cancel(id)).toEqual({ outcome: "too-late", closedAt: new Date(CLOSES) });
    expect(await keysOf(home.store, "schedule")).toHaveLength(1);
  });

  it("is too late if it closes while the store is asked for it", async () => {
    const home = testSchedule();
    const { id } = await createScheduler(home).schedule(event);
    home.clock.set("2026-12-24T12:59:55.999Z");
    const store = recordingStore(home.store, () => home.clock.set(CLOSES));
    const result = await createScheduler({ ...home, store }).cancel(id);
    expect(result.outcome).toBe("too-late");
    expect(await keysOf(home.store, "schedule")).toHaveLength(1);
  });

  it("is undecided if the answer to the delete comes after it has closed", async () => {
    const home = testSchedule();
    const { id } = await createScheduler(home).schedule(event);
    const store = faultyStore(home.store, {
      after: ({ kind }) => {
        if (kind === "delete") home.clock.set(CLOSES);
        return undefined;
      },
    });
    expect(await createScheduler({ ...home, store }).cancel(id)).toEqual({ outcome: "undecided" });
  });

  it("is too late if it closes while the store looks for it", async () => {
    const home = testSchedule();
    const { id } = await createScheduler(home).schedule(event);
    home.clock.set("2026-12-24T12:59:55.500Z");
    const store = recordingStore(home.store, ({ kind }) => {
      if (kind === "head") home.clock.set(CLOSES);
    });
    const result = await createScheduler({ ...home, store }).cancel(id);
    expect(result).toMatchObject({ outcome: "too-late" });
    expect(await keysOf(home.store, "schedule")).toHaveLength(1);
  });

  it("asks again if a slow answer makes the clock look wrong", async () => {
    const home = testSchedule();
    const { id } = await createScheduler(home).schedule(event);
    let heads = 0;
    const head: ObjectStore["head"] = async (ref, call) => {
      heads += 1;
      if (heads === 1) await home.clock.sleep(6_000);
      return home.store.head(ref, call);
    };
    const result = createScheduler({ ...home, store: { ...home.store, head } }).cancel(id);
    await home.clock.advance("10s");
    expect(await result).toMatchObject({ outcome: "cancelled" });
    expect(heads).toBe(2);
  });

  it("is undecided if the store says nothing of the event that it was to delete", async () => {
    const home = testSchedule();
    const { id } = await createScheduler(home).schedule(event);
    const store: ObjectStore = { ...home.store, delete: async () => [] };
    expect(await createScheduler({ ...home, store }).cancel(id)).toMatchObject({
      outcome: "undecided",
      error: { code: "unexpected" },
    });
  });

  it("tries an unanswered delete again while the event is open", async () => {
    const home = testSchedule();
    const { id } = await createScheduler(home).schedule(event);
    const after = failFirst("delete", 2, storeError("unavailable", "delete"));
    const store = faultyStore(home.store, { after });
    const result = createScheduler({ ...home, store }).cancel(id);
    await home.clock.advance("10s");
    expect(await result).toEqual({ outcome: "cancelled", id });
  });

  it("is undecided, with the error, if the delete is never answered", async () => {
    const home = testSchedule();
    const { id } = await createScheduler(home).schedule(event);
    const error = storeError("unavailable", "delete");
    const store = faultyStore(home.store, {
      after: ({ kind }) => (kind === "delete" ? error : undefined),
    });
    const result = createScheduler({ ...home, store }).cancel(id);
    await home.clock.advance("1m");
    expect(await result).toEqual({ outcome: "undecided", error });
  });

  it("throws what says that the event still waits", async () => {
    const home = testSchedule();
    const { id } = await createScheduler(home).schedule(event);
    const denied = storeError("denied", "delete");
    const store = {
      ...home.store,
      delete: async () => [{ outcome: "failed", error: denied } as const],
    };
    await expect(createScheduler({ ...home, store }).cancel(id)).rejects.toBe(denied);
  });

  it.each(["", "nonsense", "2026-12-24T13:00:00.000Z", "2026-12-24T13:00:00.000Z|b|%41|x"])(
    "refuses %j, which is no id",
    async (id) => {
      const result = createScheduler(testSchedule()).cancel(id);
      await expect(result).rejects.toMatchObject({ code: "invalid-id" });
    },
  );
});

import { describe, expect, it } from "vitest";
import { createDeadLetters } from "../dead/dead-letters.js";
import { guardedStore } from "../requests/guarded-store.js";
import { countedStore, noRequests } from "../requests/wrap-store.js";
import type { ObjectStore } from "../store/object-store.js";
import { keysOf, testSchedule, writeByHand } from "../test-support/test-schedule.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";
import { createScheduler } from "./create-scheduler.js";
import type { BatchResult } from "./schedule-many.js";

/** A store that can hold neither a NUL in a key nor a colon in a bucket. */
function choosyHome() {
  const home = testSchedule();
  const store: ObjectStore = {
    ...home.store,
    nameProblem: ({ bucket, key }) => {
      if (bucket.includes(":")) return "the bucket contains a colon";
      return key.includes("\0") ? "the key contains a NUL character" : undefined;
    },
  };
  return { ...home, store };
}

const nul = { bucket: "out", key: "a\0b" };
const refused = {
  code: "invalid-target",
  message:
    'This store can\'t hold the target "out/a\\u0000b": the key contains a NUL character. Choose another bucket or key.',
};

describe("a target that the store can never hold", () => {
  it("is refused by schedule(), which sends nothing", async () => {
    const home = choosyHome();
    await expect(createScheduler(home).schedule({ in: "1h", to: nul })).rejects.toMatchObject(
      refused,
    );
    const colon = { bucket: "a:b", key: "k" };
    await expect(createScheduler(home).schedule({ in: "1h", to: colon })).rejects.toMatchObject({
      code: "invalid-target",
      message: expect.stringContaining("the bucket contains a colon"),
    });
    expect(await keysOf(home.store, "schedule")).toEqual([]);
  });

  it("is one failure of scheduleMany(), which stores the rest", async () => {
    const home = choosyHome();
    const results: BatchResult[] = [];
    const events = [nul, { bucket: "out", key: "b" }].map((to) => ({ in: "1h", to }) as const);
    const batch = createScheduler(home).scheduleMany(events, {
      onResult: (result) => results.push(result),
    });
    await expect(batch).rejects.toMatchObject({
      code: "batch-incomplete",
      failed: 1,
      scheduled: 1,
    });
    expect(results.find(({ index }) => index === 0)).toMatchObject({ error: refused });
  });

  it("is refused by reschedule() of an event that another program wrote", async () => {
    const home = choosyHome();
    const id = "2026-12-24T13:00:00.000Z|out|a%00b|x";
    await writeByHand(home.store, id);
    const moved = createScheduler(home).reschedule(id, { in: "2h" });
    await expect(moved).rejects.toMatchObject(refused);
    expect(await keysOf(home.store, "schedule")).toEqual([`keywhen/pending/${id}`]);
  });

  it("is refused by redrive() of a dead letter, which stays", async () => {
    const home = choosyHome();
    const id = "2026-12-24T11:00:00.000Z|out|a%00b|x";
    const key = `keywhen/dead/${id}`;
    await home.store.put({ bucket: "schedule", key }, new Uint8Array());
    await expect(createDeadLetters(home).redrive(id)).rejects.toMatchObject(refused);
    expect(await keysOf(home.store, "schedule")).toEqual([key]);
  });
});

describe("a target in the schedule's own folder", () => {
  const own = { bucket: "schedule", key: "keywhen/pending/x" };
  const refusedOwn = {
    code: "invalid-target",
    message:
      'The target "schedule/keywhen/pending/x" is in the schedule\'s own folder (keywhen/), where no event is delivered. Choose another bucket or key.',
  };

  it("is refused by schedule(), which sends nothing", async () => {
    const home = testSchedule();
    const scheduled = createScheduler(home).schedule({ in: "1h", to: own });
    await expect(scheduled).rejects.toMatchObject(refusedOwn);
    expect(await keysOf(home.store, "schedule")).toEqual([]);
  });

  it("is refused by reschedule() and redrive(), which change nothing", async () => {
    const home = testSchedule();
    const id = "2026-12-24T13:00:00.000Z|schedule|keywhen/pending/x|d";
    await writeByHand(home.store, id);
    const dead = `keywhen/dead/${id}`;
    await home.store.put({ bucket: "schedule", key: dead }, new Uint8Array());
    const moved = createScheduler(home).reschedule(id, { in: "2h" });
    await expect(moved).rejects.toMatchObject(refusedOwn);
    await expect(createDeadLetters(home).redrive(id)).rejects.toMatchObject(refusedOwn);
    expect(await keysOf(home.store, "schedule")).toEqual([dead, `keywhen/pending/${id}`]);
  });

  it("is no other folder of the bucket, and not the folder of that name in another bucket", async () => {
    const scheduler = createScheduler(testSchedule());
    for (const to of [
      { ...own, bucket: "out" },
      { ...own, key: "keywhen" },
      { ...own, key: "keywhen2/pending/x" },
    ]) {
      expect((await scheduler.schedule({ in: "1h", to })).outcome).toBe("scheduled");
    }
  });
});

describe("a schedule's bucket that the store can never hold", () => {
  it("is refused when the scheduler is made", () => {
    const { store } = choosyHome();
    expect(() => createScheduler({ store, bucket: "a:b" })).toThrow(
      expect.objectContaining({
        code: "invalid-option",
        message: 'bucket "a:b" can\'t hold a schedule: the bucket contains a colon.',
      }),
    );
  });
});

describe("wrappers of a store", () => {
  it("report the same name problems as the store itself", () => {
    const { store, clock } = choosyHome();
    const wrappers = [
      guardedStore(store, clock),
      countedStore(store, noRequests()),
      faultyStore(store, {}),
      recordingStore(store, () => {}),
    ];
    for (const wrapper of wrappers) {
      expect(wrapper.nameProblem?.(nul)).toBe("the key contains a NUL character");
      expect(wrapper.nameProblem?.({ bucket: "out", key: "k" })).toBeUndefined();
    }
    const { nameProblem: _, ...plain } = store;
    expect("nameProblem" in guardedStore(plain, clock)).toBe(false);
  });
});

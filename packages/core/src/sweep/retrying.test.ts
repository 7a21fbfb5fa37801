import { describe, expect, it } from "vitest";
import { memoryStore } from "../store/memory-store.js";
import {
  failFirst,
  keysOf,
  NOON,
  storeError,
  sweeperOf,
  type TestSchedule,
  textOf,
  waitingIn,
  writeByHand,
} from "../test-support/test-schedule.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";
import { manualClock } from "../testing/manual-clock.js";

const DUE = "2026-12-24T11:59:30.000Z";

/** A schedule whose bucket "missing" is missing. */
function homeWithBuckets(...buckets: readonly string[]): TestSchedule {
  const clock = manualClock(NOON);
  const capabilities = { clock: "store" } as const;
  const store = memoryStore({ clock, buckets: ["schedule", ...buckets], capabilities });
  return { clock, store, bucket: "schedule" };
}

/** Sweeps once a minute; gives the minutes at which a copy was tried. */
async function triesWithin(home: TestSchedule, minutes: number, kind = "copy"): Promise<number[]> {
  const tries: number[] = [];
  let minute = 0;
  const store = recordingStore(home.store, (request) => {
    if (request.kind === kind) tries.push(minute);
  });
  const sweeper = sweeperOf({ ...home, store });
  await home.clock.advance("10s"); // what was written in the last two seconds stays new for one more sweep
  for (; minute < minutes; minute++) {
    await sweeper.sweep();
    await home.clock.advance("1m");
  }
  return tries;
}

describe("an event that fails", () => {
  it("is tried again after pauses that double to an hour, among sweeps once a minute", async () => {
    const home = homeWithBuckets();
    await writeByHand(home.store, `${DUE}|missing|k|id`);
    expect(await triesWithin(home, 200)).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183]);
  });

  it("is tried once a minute, and becomes a dead letter after a day, if its file is from the future", async () => {
    const home = homeWithBuckets();
    await writeByHand(home.store, `${DUE}|missing|k|id`);
    const list: typeof home.store.list = async (page, call) => {
      const { objects, more } = await home.store.list(page, call);
      const lastModified = new Date("2100-01-01T00:00:00Z");
      return { objects: objects.map((object) => ({ ...object, lastModified })), more };
    };
    const store = { ...home.store, list };
    let tries = 0;
    const counting = recordingStore(store, ({ kind, bucket }) => {
      if (kind === "copy" && bucket === "missing") tries += 1;
    });
    const sweeper = sweeperOf({ ...home, store: counting });
    for (let seconds = 0; seconds < 120; seconds += 5) {
      await sweeper.sweep();
      await home.clock.advance("5s");
    }
    expect(tries).toBeGreaterThanOrEqual(2);
    expect(tries).toBeLessThanOrEqual(6); // each step once too often at most
    await home.clock.advance("1d");
    expect(await sweeper.sweep()).toMatchObject({ dead: 1 });
  });

  it("counts as retrying while it waits for its next try", async () => {
    const home = homeWithBuckets();
    await writeByHand(home.store, `${DUE}|missing|k|id`);
    await home.clock.advance("10s");
    const sweeper = sweeperOf(home);
    await sweeper.sweep();
    await home.clock.advance("10s");
    expect(await sweeper.sweep()).toMatchObject({
      retrying: 1,
      requests: { copy: 0, head: 0 },
      oldestDueAt: new Date(DUE),
    });
  });

  it("is followed by the younger of its target at once, however their own tries stand", async () => {
    const home = homeWithBuckets("out");
    const before = failFirst("copy", 3, storeError("denied", "copy"));
    const failing = { ...home, store: faultyStore(home.store, { before }) };
    await writeByHand(home.store, `${DUE}|out|k|elder`);
    await home.clock.advance("20s");
    await writeByHand(home.store, `${NOON}|out|k|younger`);
    expect(await triesWithin(failing, 10)).toEqual([0, 1, 3, 7, 7]);
    expect(await waitingIn(home.store)).toEqual([]);
  });

  it("backs off as well while younger events of its target wait behind it", async () => {
    const home = homeWithBuckets();
    await writeByHand(home.store, `${DUE}|missing|k|elder`);
    await writeByHand(home.store, `${NOON}|missing|k|younger`);
    expect(await triesWithin(home, 40)).toEqual([0, 1, 3, 7, 15, 31]);
  });

  it("is delivered at its next try once the cause is repaired", async () => {
    const home = homeWithBuckets("out");
    const before = failFirst("copy", 3, storeError("denied", "copy"));
    const failing = { ...home, store: faultyStore(home.store, { before }) };
    await writeByHand(home.store, `${DUE}|out|k|id`);
    const tries = await triesWithin(failing, 10);
    expect(tries).toEqual([0, 1, 3, 7]);
    expect(await keysOf(home.store, "out")).toEqual(["k"]);
  });

  it("holds younger events of its target until it is delivered, also while it waits for a try", async () => {
    const home = homeWithBuckets("out");
    const before = failFirst("copy", 1, storeError("denied", "copy"));
    const sweeper = sweeperOf({ ...home, store: faultyStore(home.store, { before }) });
    await writeByHand(home.store, "2026-12-24T11:59:00.000Z|out|k|elder");
    await home.clock.advance("10s");
    await sweeper.sweep();
    await home.clock.advance("10s");
    await writeByHand(home.store, "2026-12-24T12:00:05.000Z|out|k|younger");
    expect(await sweeper.sweep()).toMatchObject({ retrying: 1, blocked: 1, requests: { copy: 0 } });
    await home.clock.advance("1m");
    expect(await sweeper.sweep()).toMatchObject({ delivered: 2 });
    expect(await textOf(home.store, "out", "k")).toContain("younger");
  });

  it("doesn't take others' tries away: a sweep that ends early leaves them new", async () => {
    const home = homeWithBuckets("out");
    for (let index = 10; index < 50; index++) {
      await writeByHand(home.store, `2026-12-24T12:00:${index}.000Z|out|${index}|id`);
    }
    await home.clock.advance("1m");
    const store = {
      ...home.store,
      copy: async (...call: Parameters<typeof home.store.copy>) => {
        await home.clock.sleep(1_000);
        return home.store.copy(...call);
      },
    };
    const deadline = new Date(home.clock.now() + 8_000);
    const sweeping = sweeperOf({ ...home, store }, { concurrency: 1 }).sweep({ deadline });
    await home.clock.advance("10s");
    const first = await sweeping;
    expect(first.truncated).toBe("deadline");
    const second = await sweeperOf(home).sweep();
    expect(second.delivered).toBe(40 - first.delivered);
    expect(second.requests.head).toBe(0);
  });
});

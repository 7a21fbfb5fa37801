import { describe, expect, it } from "vitest";
import { createDeadLetters } from "../../dead/create-dead-letters.js";
import { createScheduler } from "../../scheduler/create-scheduler.js";
import { memoryStore } from "../../store/memory-store.js";
import {
  failFirst,
  keysOf,
  NOON,
  storeError,
  sweeperOf,
  type TestHome,
  testHome,
  textOf,
  waitingIn,
  writeByHand,
} from "../../test-support/test-home.js";
import { faultyStore, recordingStore } from "../../testing/faulty-store.js";
import { manualClock } from "../../testing/manual-clock.js";
import type { SweepEvent } from "../reporting/sweep-event.js";

const DUE = "2026-12-24T11:59:30.000Z";
const GOOD = { bucket: "out", key: "k" };

/** A schedule whose bucket "missing" is missing. */
function homeWithBuckets(...buckets: readonly string[]): TestHome {
  const clock = manualClock(NOON);
  const capabilities = { clock: "store" } as const;
  const store = memoryStore({ clock, buckets: ["schedule", ...buckets], capabilities });
  return { clock, store, bucket: "schedule" };
}

/** Sweeps once a minute; gives the minutes at which a copy was tried. */
async function triesWithin(home: TestHome, minutes: number, kind = "copy"): Promise<number[]> {
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
    expect(await sweeper.sweep()).toMatchObject({ retrying: 1, held: 1, requests: { copy: 0 } });
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

describe("an event that can't be delivered", () => {
  it("becomes a dead letter when it has failed for a day, with what its last try met", async () => {
    const home = homeWithBuckets();
    const scheduler = createScheduler(home);
    const metadata = { user: "ann" };
    const to = { bucket: "missing", key: "k" };
    const { id, deliveryId } = await scheduler.schedule({ at: DUE, to, body: "x", metadata });
    const seen: SweepEvent[] = [];
    const sweeper = sweeperOf(home, { observe: (event) => seen.push(event) });
    let minutes = 0;
    for (; minutes < 2_000; minutes++) {
      if ((await sweeper.sweep()).dead > 0) break;
      await home.clock.advance("1m");
    }
    expect(minutes / 60).toBeGreaterThanOrEqual(24);
    expect(minutes / 60).toBeLessThan(25.1);
    expect(await waitingIn(home.store)).toEqual([]);
    expect(seen.filter(({ type }) => type === "dead")).toMatchObject([
      { id, reason: "max-age", error: { code: "no-such-bucket" } },
    ]);
    expect(await createDeadLetters(home).get(id)).toMatchObject({
      id,
      deliveryId,
      metadata,
      reason: "max-age",
      error: { code: "no-such-bucket", message: expect.stringContaining("missing/k") },
    });
  });

  it("is not given up after a day of downtime, but after two more tries at the earliest", async () => {
    const home = homeWithBuckets();
    await createScheduler(home).schedule({ at: DUE, to: { bucket: "missing", key: "k" } });
    await home.clock.advance("10s");
    await sweeperOf(home).sweep(); // before the downtime: a lease that remembers
    for (let index = 0; index < 20; index++) {
      await createScheduler(home).schedule({
        in: "1h",
        to: { bucket: "missing", key: `${index}` },
      });
    }
    await home.clock.advance("2d");
    const sweeper = sweeperOf(home);
    const first = await sweeper.sweep();
    expect(first).toMatchObject({ due: 21, retrying: 20, dead: 1 }); // the one tried before the downtime
    await home.clock.advance("1h");
    expect(await sweeper.sweep()).toMatchObject({ due: 20, dead: 20 });
  });

  it("is given up at once if the store can't have such a target", async () => {
    const home = homeWithBuckets("out");
    const error = storeError("invalid-key", "copy");
    const before = failFirst("copy", 1, error);
    await writeByHand(home.store, `${DUE}|out|k|id`);
    const seen: SweepEvent[] = [];
    const store = faultyStore(home.store, { before });
    const sweeper = sweeperOf({ ...home, store }, { observe: (event) => seen.push(event) });
    expect(await sweeper.sweep()).toMatchObject({ dead: 1, retrying: 0 });
    expect(seen).toContainEqual(expect.objectContaining({ reason: "target-invalid", error }));
  });

  it.each(["denied", "no-such-bucket", "throttled", "unavailable", "not-supported"] as const)(
    "is not given up for %s before a day has passed",
    async (code) => {
      const home = homeWithBuckets("out");
      const error = storeError(code, "copy", { undecided: false });
      const before = ({ kind, key }: { kind: string; key: string | undefined }) =>
        kind === "copy" && key === "k" ? error : undefined;
      await writeByHand(home.store, `${DUE}|out|k|id`);
      const sweeper = sweeperOf({ ...home, store: faultyStore(home.store, { before }) });
      for (let hour = 0; hour < 23; hour++) {
        const sweeping = sweeper.sweep();
        await home.clock.advance("1h");
        expect(await sweeping).toMatchObject({ dead: 0, retrying: 1 });
      }
      const later = sweeper.sweep();
      await home.clock.advance("2h");
      await later;
      const last = sweeper.sweep();
      await home.clock.advance("1m");
      expect(await last).toMatchObject({ dead: 1, retrying: 0 });
    },
  );

  it("keeps its last try's words within what metadata may hold, as ASCII", async () => {
    const home = homeWithBuckets("out");
    const message = `é${"x".repeat(5_000)}`;
    const error = Object.assign(storeError("invalid-key", "copy"), { message });
    const before = failFirst("copy", 1, error);
    const scheduled = await createScheduler(home).schedule({
      at: DUE,
      to: GOOD,
      metadata: { long: "y".repeat(1_500) },
    });
    await sweeperOf({ ...home, store: faultyStore(home.store, { before }) }).sweep();
    const info = await home.store.head({
      bucket: "schedule",
      key: `keywhen/dead/${scheduled.id}`,
    });
    const { metadata = {} } = info ?? {};
    const size = Object.entries(metadata).join("").length - Object.keys(metadata).length;
    expect(size).toBeLessThanOrEqual(2_048);
    expect(size).toBeGreaterThan(2_000);
    expect(metadata["keywhen-error"]).toMatch(/^\?x+$/);
  });

  it("is kept as it is where the store refuses to note why it died", async () => {
    const home = homeWithBuckets();
    await writeByHand(home.store, `${DUE}|out|k|id`, "body");
    const refused = storeError("not-supported", "copy");
    const store = {
      ...home.store,
      copy: async (...call: Parameters<typeof home.store.copy>) => {
        if (call[2]?.metadata !== undefined) throw refused;
        return home.store.copy(...call);
      },
    };
    expect(await sweeperOf({ ...home, store }, { allowTargets: ["a/*"] }).sweep()).toMatchObject({
      dead: 1,
    });
    const letter = await createDeadLetters(home).get(`${DUE}|out|k|id`);
    expect(letter).toMatchObject({ reason: undefined, error: undefined, diedAt: expect.any(Date) });
    expect(await textOf(home.store, "schedule", `keywhen/dead/${DUE}|out|k|id`)).toBe("body");
  });

  it("waits on, and is not lost, if it can't be written to the dead letters", async () => {
    const home = homeWithBuckets("out");
    await writeByHand(home.store, `${DUE}|secret|k|id`);
    const before = ({ kind, key }: { kind: string; key: string | undefined }) =>
      kind === "copy" && key?.startsWith("keywhen/dead/")
        ? storeError("denied", "copy")
        : undefined;
    const store = faultyStore(home.store, { before });
    const report = await sweeperOf({ ...home, store }, { allowTargets: ["out/*"] }).sweep();
    expect(report).toMatchObject({ dead: 0, retrying: 1 });
    expect(await waitingIn(home.store)).toHaveLength(1);
  });

  it("is delivered all the same if its target reappears after its copy to the dead letters", async () => {
    const home = homeWithBuckets("out");
    const { id } = await createScheduler(home).schedule({ at: DUE, to: GOOD, body: "x" });
    const key = `keywhen/pending/${id}`;
    const dead = { bucket: "schedule", key: `keywhen/dead/${id}` };
    await home.store.copy({ bucket: "schedule", key }, dead); // and there the sweeper died
    expect(await sweeperOf(home).sweep()).toMatchObject({ delivered: 1, dead: 0 });
    expect(await createDeadLetters(home).redrive(id)).toMatchObject({ outcome: "redriven" });
    expect(await sweeperOf(home).sweep()).toMatchObject({ delivered: 1 });
    const again = await home.store.head(GOOD);
    expect(again?.metadata["keywhen-id"]).toBe(id.split("|")[3]);
  });
});

describe("many events that can't be delivered", () => {
  const ids = (count: number, bucket: string) =>
    Array.from({ length: count }, (_, index) => `${DUE}|${bucket}|${index + 10_000}|id`);

  it("don't stop or slow those that can: they cost one try at each step", async () => {
    const home = homeWithBuckets("out");
    for (const id of ids(10_000, "missing")) await writeByHand(home.store, id, "");
    await home.clock.advance("10s");
    const sweeper = sweeperOf(home);
    expect(await sweeper.sweep()).toMatchObject({ retrying: 10_000, requests: { copy: 10_000 } });
    await home.clock.advance("10s");
    await writeByHand(home.store, `${NOON}|out|good|id`);
    const report = await sweeper.sweep();
    expect(report).toMatchObject({ delivered: 1, retrying: 10_000 });
    expect(report.requests).toMatchObject({ copy: 1, head: 0, delete: 1 });
    expect(report.requests.list).toBeLessThanOrEqual(12);
  });

  it("are left, and the circuit reported, if most of what is due is refused", async () => {
    const home = homeWithBuckets("out");
    for (const id of ids(101, "secret")) await writeByHand(home.store, id);
    for (const id of ids(100, "out")) await writeByHand(home.store, id);
    const wrong = await sweeperOf(home, { allowTargets: ["out/*"] }).sweep();
    expect(wrong).toMatchObject({ circuit: true, refused: 101, dead: 0, delivered: 100 });
    expect(await waitingIn(home.store)).toHaveLength(101);
    const right = await sweeperOf(home, { allowTargets: ["*"] }).sweep();
    expect(right).toMatchObject({ circuit: false, retrying: 101 }); // tried at once
  });

  it("are dead letters up to a hundred, or up to half of what is due", async () => {
    const few = homeWithBuckets("out");
    for (const id of ids(100, "secret")) await writeByHand(few.store, id);
    const options = { allowTargets: ["out/*"] };
    expect(await sweeperOf(few, options).sweep()).toMatchObject({ circuit: false, dead: 100 });
    const half = homeWithBuckets("out");
    for (const id of [...ids(101, "secret"), ...ids(101, "out")]) await writeByHand(half.store, id);
    expect(await sweeperOf(half, options).sweep()).toMatchObject({ circuit: false, dead: 101 });
  });
});

describe("a copy larger than the time that is left", () => {
  it("is left and says why, while the others are delivered", async () => {
    const home = testHome();
    await writeByHand(home.store, `${DUE}|out|large|id`);
    await writeByHand(home.store, `${DUE}|out|small|id`);
    const store = {
      ...home.store,
      list: async (...call: Parameters<typeof home.store.list>) => {
        const page = await home.store.list(...call);
        const grow = (key: string) => (key.includes("large") ? 2e9 : 10);
        return { ...page, objects: page.objects.map((one) => ({ ...one, size: grow(one.key) })) };
      },
    };
    const seen: SweepEvent[] = [];
    const sweeper = sweeperOf({ ...home, store }, { observe: (event) => seen.push(event) });
    const deadline = new Date(home.clock.now() + 60_000);
    expect(await sweeper.sweep({ deadline })).toMatchObject({ delivered: 1, retrying: 1 });
    const [left] = seen.filter((event) => event.type === "retrying");
    expect(left?.error.message).toContain("can take 100 s, this sweep has 58 s left");
  });

  it("is not what a host meets that was frozen past its deadline: there nothing counts as tried", async () => {
    const home = testHome();
    await writeByHand(home.store, `${DUE}|out|k|id`);
    await home.clock.advance("10s");
    let sleptMs = 0;
    const clock = { ...home.clock, monotonic: () => home.clock.monotonic() + sleptMs };
    const store = recordingStore(home.store, ({ kind }) => {
      if (kind === "put") sleptMs = 20_000; // and its timers have not told yet
    });
    const deadline = new Date(home.clock.now() + 15_000);
    const report = await sweeperOf({ ...home, clock, store }).sweep({ deadline });
    expect(report).toMatchObject({ truncated: "deadline", retrying: 0, delivered: 0 });
    await home.clock.advance("10s");
    expect(await sweeperOf(home).sweep()).toMatchObject({ delivered: 1, requests: { head: 0 } });
  });
});

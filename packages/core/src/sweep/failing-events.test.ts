import { describe, expect, it } from "vitest";
import { createDeadLetters } from "../dead-letters/dead-letters.js";
import type { SweepEvent } from "../report/sweep-event.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import { memoryStore } from "../store/memory-store.js";
import { passing, slowed } from "../test-support/sweeps.js";
import {
  failFirst,
  keysOf,
  NOON,
  storeError,
  sweeperOf,
  type TestSchedule,
  testSchedule,
  textOf,
  waitingIn,
  writeAllowed,
  writeByHand,
} from "../test-support/test-schedule.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";
import { manualClock } from "../testing/manual-clock.js";
import type { SweeperOptions } from "./create-sweeper.js";

const DUE = "2026-12-24T11:59:30.000Z";
const GOOD = { bucket: "out", key: "k" };

/** A schedule whose bucket "missing" is missing. */
function homeWithBuckets(...buckets: readonly string[]): TestSchedule {
  const clock = manualClock(NOON);
  const capabilities = { clock: "store" } as const;
  const store = memoryStore({ clock, buckets: ["schedule", ...buckets], capabilities });
  return { clock, store, bucket: "schedule" };
}

describe("an old event whose first try fails after the next listing", () => {
  /** Sweeps an event of three hours ago, with a listing each five seconds. */
  async function swept(home: TestSchedule, options: Partial<SweeperOptions> = {}) {
    await createScheduler(home).schedule({ at: DUE, to: GOOD, body: "x" });
    await home.clock.advance("3h");
    const sweeper = sweeperOf(home, { maxAge: "1h", ...options });
    return passing(home, "5m", sweeper.sweep({ lookAhead: "1m", poll: "5s" }));
  }

  it("is copied again later", async () => {
    const home = testSchedule();
    const store = faultyStore(home.store, {
      before: ({ kind }) => (kind === "copy" ? storeError("denied", kind) : undefined),
    });
    expect(await swept(slowed({ ...home, store }, "copy", 7_000))).toMatchObject({
      dead: 0,
      retrying: 1,
    });
  });

  it("is copied again later, if it was looked for first", async () => {
    const home = testSchedule();
    const broken = { delete: true, copy: false };
    const store = faultyStore(home.store, {
      before: ({ kind, bucket }) => {
        const failsToCopy = kind === "copy" && bucket === "out" && broken.copy;
        const fails = (kind === "delete" && broken.delete) || failsToCopy;
        return fails ? storeError("denied", kind) : undefined;
      },
    });
    const later = { at: NOON, to: { bucket: "out", key: "later" } };
    await createScheduler(home).schedule({ ...later, body: "x" });
    expect(await sweeperOf({ ...home, store }).sweep()).toMatchObject({ undeleted: 1 });
    await home.clock.advance("1m");
    broken.delete = false;
    broken.copy = true;
    expect(await swept(slowed({ ...home, store }, "head", 7_000))).toMatchObject({ dead: 0 });
  });

  it("is handed to its destination again later", async () => {
    const home = testSchedule();
    const deliver = async () => {
      await home.clock.sleep(7_000);
      return { outcome: "failed", message: "no answer" } as const;
    };
    const destinations = { out: { deliver } };
    expect(await swept(home, { destinations })).toMatchObject({ dead: 0, retrying: 1 });
  });
});

describe("an event that may have been delivered", () => {
  it("waits, however old, until the store says whether it is at its target", async () => {
    const home = testSchedule();
    await createScheduler(home).schedule({ at: DUE, to: { bucket: "out", key: "k" }, body: "x" });
    const isFailing = { delete: true, head: false };
    const store = faultyStore(home.store, {
      before: ({ kind, bucket }) => {
        const isLook = kind === "head" && bucket === "out";
        const fails = (kind === "delete" && isFailing.delete) || (isLook && isFailing.head);
        return fails ? storeError("unavailable", kind) : undefined;
      },
    });
    const sweeper = sweeperOf({ ...home, store });
    const sweep = async () => {
      const sweeping = sweeper.sweep();
      await home.clock.advance("1m");
      return sweeping;
    };
    expect(await sweep()).toMatchObject({ delivered: 1, undeleted: 1 });
    isFailing.delete = false;
    isFailing.head = true;
    for (let hour = 0; hour < 30; hour++) {
      expect(await sweep()).toMatchObject({ dead: 0 });
      await home.clock.advance("1h");
    }
    expect(await waitingIn(home.store)).toHaveLength(1);
    isFailing.head = false;
    expect(await sweep()).toMatchObject({ alreadyDelivered: 1, delivered: 0 });
    expect(await waitingIn(home.store)).toEqual([]);
  });
});

describe("an event that can't be delivered", () => {
  it("becomes a dead letter when it has failed for a day, with what its last try met", {
    tags: ["slow"],
  }, async () => {
    const home = homeWithBuckets();
    const scheduler = createScheduler(home);
    const metadata = { user: "ann" };
    const to = { bucket: "missing", key: "k" };
    const { id, deliveryId } = await scheduler.schedule({ at: DUE, to, body: "x", metadata });
    const seen: SweepEvent[] = [];
    const sweeper = sweeperOf(home, { observe: (event) => seen.push(event) });
    let minutes = 0;
    for (; minutes < 2_000; minutes += 10) {
      if ((await sweeper.sweep()).dead > 0) break;
      await home.clock.advance("10m");
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

  it("becomes a dead letter not after a day of downtime, but after two more tries at the earliest", async () => {
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

  it("becomes a dead letter immediately if the store can't have such a target", async () => {
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
    "does not become a dead letter for %s before a day has passed",
    async (code) => {
      const home = homeWithBuckets("out");
      const error = storeError(code, "copy", { undecided: false });
      const before = ({ kind, key }: { kind: string; key: string | undefined }) =>
        kind === "copy" && key === "k" ? error : undefined;
      await writeByHand(home.store, `${DUE}|out|k|id`);
      const sweeper = sweeperOf({ ...home, store: faultyStore(home.store, { before }) });
      for (let hour = 0; hour < 23; hour++) {
        expect(await passing(home, "1h", sweeper.sweep())).toMatchObject({ dead: 0, retrying: 1 });
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

  it("is stored without a reason if the store refuses the metadata", async () => {
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
    await writeByHand(home.store, `${DUE}|a|allowed|id`);
    const report = await sweeperOf({ ...home, store }, { allowTargets: ["a/*"] }).sweep();
    expect(report).toMatchObject({ dead: 1 });
    const letter = await createDeadLetters(home).get(`${DUE}|out|k|id`);
    expect(letter).toMatchObject({ reason: undefined, error: undefined, diedAt: expect.any(Date) });
    expect(await textOf(home.store, "schedule", `keywhen/dead/${DUE}|out|k|id`)).toBe("body");
  });

  it("waits on, and is not lost, if it can't be written to the dead letters", async () => {
    const home = homeWithBuckets("out");
    await writeByHand(home.store, `${DUE}|secret|k|id`);
    await writeAllowed(home.store);
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

  it("don't stop or slow those that can: they cost one try at each step", {
    tags: ["slow"],
  }, async () => {
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
    expect(wrong).toMatchObject({ circuitOpen: true, leftInPlace: 101, dead: 0, delivered: 100 });
    expect(await waitingIn(home.store)).toHaveLength(101);
    const right = await sweeperOf(home, { allowTargets: ["*"] }).sweep();
    expect(right).toMatchObject({ circuitOpen: false, retrying: 101 }); // tried immediately
  });

  it("take neither back-off nor dead letters from the others while they are left", {
    tags: ["slow"],
  }, async () => {
    /** What a day of sweeps does with an event whose bucket is missing. */
    const outcomesWith = async (refused: number) => {
      const home = homeWithBuckets();
      for (const id of ids(refused, "secret")) await writeByHand(home.store, id);
      await writeByHand(home.store, `${DUE}|missing|k|id`);
      const seen: string[] = [];
      const observe = ({ type }: SweepEvent) => seen.push(type);
      const sweeper = sweeperOf(home, { allowTargets: ["missing/*"], observe });
      for (let minute = 0; minute < 120; minute++) {
        expect(await sweeper.sweep()).toMatchObject({
          circuitOpen: refused > 0,
          leftInPlace: refused,
        });
        await home.clock.advance("1m");
      }
      for (let hour = 2; hour < 26; hour++) {
        await home.clock.advance("1h");
        await sweeper.sweep();
      }
      return seen.filter((type) => type === "failed" || type === "dead");
    };
    const alone = await outcomesWith(0);
    expect(alone.at(-1)).toBe("dead");
    expect(await outcomesWith(101)).toEqual(alone);
  });

  it("are all delivered within a step of their back-off once their targets are allowed", {
    tags: ["slow"],
  }, async () => {
    const home = homeWithBuckets("out", "secret");
    for (const id of ids(101, "secret")) await writeByHand(home.store, id);
    for (let minute = 0; minute < 90; minute++) {
      await writeAllowed(home.store);
      await sweeperOf(home, { allowTargets: ["out/*"] }).sweep();
      await home.clock.advance("1m");
    }
    expect(await waitingIn(home.store)).toHaveLength(101);
    for (let minute = 0; minute < 60; minute++) {
      await sweeperOf(home).sweep();
      await home.clock.advance("1m");
    }
    expect(await waitingIn(home.store)).toEqual([]);
    expect(await keysOf(home.store, "secret")).toHaveLength(101);
  });

  it("are tried immediately when their targets are allowed, if nothing else was due", {
    tags: ["slow"],
  }, async () => {
    const home = homeWithBuckets("secret");
    for (const id of ids(101, "secret")) await writeByHand(home.store, id);
    for (let minute = 0; minute < 90; minute++) {
      await sweeperOf(home, { allowTargets: ["out/*"] }).sweep();
      await home.clock.advance("1m");
    }
    expect(await sweeperOf(home).sweep()).toMatchObject({ delivered: 101 });
  });

  it("are left, and the store's reason reported, if most of what is due has names that it cannot have", async () => {
    const home = homeWithBuckets("out");
    for (const id of ids(101, "out")) await writeByHand(home.store, id);
    const message = "a name for no store";
    const error = Object.assign(storeError("invalid-key", "copy"), { message });
    const store = faultyStore(home.store, { before: failFirst("copy", 101, error) });
    const seen: SweepEvent[] = [];
    const observe = (event: SweepEvent) => seen.push(event);
    const report = await sweeperOf({ ...home, store }, { observe }).sweep();
    expect(report).toMatchObject({ circuitOpen: true, leftInPlace: 101, dead: 0 });
    expect(report.errors).toEqual([{ type: "refused", code: "invalid-key", message }]);
    const left = { type: "refused", reason: "target-invalid", message };
    expect(seen).toContainEqual(expect.objectContaining(left));
  });

  it("are left, and the circuit and the reason reported, if allowTargets allows none of those due", async () => {
    const home = homeWithBuckets("out");
    await writeByHand(home.store, `${DUE}|remindrs|42.json|id`);
    const options = { allowTargets: ["out/*"] };
    const wrong = await sweeperOf(home, options).sweep();
    expect(wrong).toMatchObject({ circuitOpen: true, leftInPlace: 1, dead: 0 });
    const message = "remindrs/42.json is outside allowTargets (out/*)";
    expect(wrong.errors).toEqual([{ type: "refused", code: "target-not-allowed", message }]);
    expect(await waitingIn(home.store)).toHaveLength(1);
    await writeAllowed(home.store); // the patterns are not all wrong
    const later = await sweeperOf(home, options).sweep();
    expect(later).toMatchObject({ circuitOpen: false, leftInPlace: 0, dead: 1, delivered: 1 });
    expect(later.errors).toEqual([{ type: "dead", code: "target-not-allowed", message }]);
  });

  it("are reported with the first five patterns of a long allowTargets", async () => {
    const home = homeWithBuckets();
    await writeByHand(home.store, `${DUE}|x|k|id`);
    const allowTargets = ["a/*", "b/*", "c/*", "d/*", "e/*", "f/*"];
    const { errors } = await sweeperOf(home, { allowTargets }).sweep();
    expect(errors).toMatchObject([
      { message: "x/k is outside allowTargets (a/*, b/*, c/*, d/*, e/*, …)" },
    ]);
  });

  it("are left as well by a sweeper that looks ahead, as long as nothing else is due", async () => {
    const home = homeWithBuckets("out");
    await writeByHand(home.store, `${DUE}|secret|k|id`);
    expect(
      await passing(
        home,
        "3m",
        sweeperOf(home, { allowTargets: ["out/*"] }).sweep({ lookAhead: "1m" }),
      ),
    ).toMatchObject({ circuitOpen: true, leftInPlace: 1, dead: 0 });
    const next = sweeperOf(home, { allowTargets: ["out/*"] }).sweep({ lookAhead: "1m" });
    await writeAllowed(home.store);
    await home.clock.advance("3m");
    expect(await next).toMatchObject({ circuitOpen: false, leftInPlace: 0, dead: 1, delivered: 1 });
  });

  it("are dead letters up to a hundred, or up to half of what is due, among one that is allowed", async () => {
    const few = homeWithBuckets("out");
    for (const id of ids(100, "secret")) await writeByHand(few.store, id);
    await writeAllowed(few.store);
    const options = { allowTargets: ["out/*"] };
    expect(await sweeperOf(few, options).sweep()).toMatchObject({ circuitOpen: false, dead: 100 });
    const half = homeWithBuckets("out");
    for (const id of [...ids(101, "secret"), ...ids(101, "out")]) await writeByHand(half.store, id);
    expect(await sweeperOf(half, options).sweep()).toMatchObject({ circuitOpen: false, dead: 101 });
  });

  it("are left for a later sweep if this one ends before it can move them", async () => {
    const home = homeWithBuckets("out");
    for (const id of ids(3, "secret")) await writeByHand(home.store, id);
    await writeByHand(home.store, ids(1, "out")[0] ?? "");
    const abort = new AbortController();
    const store = recordingStore(home.store, ({ kind }) => {
      if (kind === "copy") abort.abort();
    });
    const sweeper = sweeperOf({ ...home, store }, { allowTargets: ["out/*"] });
    const report = await sweeper.sweep({ signal: abort.signal });
    expect(report).toMatchObject({ delivered: 1, dead: 0, truncated: "aborted" });
    expect(report.firstUntriedId).toContain("|secret|");
    expect(await waitingIn(home.store)).toHaveLength(3);
  });

  it("count as gone if they are cancelled before they are moved, whenever", async () => {
    for (const before of ["head", "copy"]) {
      const home = homeWithBuckets("out");
      const [id = ""] = ids(1, "secret");
      await writeByHand(home.store, id);
      await writeAllowed(home.store);
      const store = recordingStore(home.store, ({ kind, key }) => {
        const isBurial = key?.startsWith(kind === "copy" ? "keywhen/dead/" : "keywhen/pending/");
        if (kind === before && isBurial)
          void home.store.delete("schedule", [`keywhen/pending/${id}`]);
      });
      const sweeper = sweeperOf({ ...home, store }, { allowTargets: ["out/*"] });
      expect(await sweeper.sweep()).toMatchObject({ gone: 1, dead: 0 });
      expect(await keysOf(home.store, "schedule")).not.toContain(`keywhen/dead/${id}`);
    }
  });

  it("are given up by their age also where sweepers can't share a lease", async () => {
    const home = testSchedule({ clock: "none" });
    await writeByHand(home.store, `${DUE}|missing|k|id`);
    const before = (request: { kind: string; bucket: string }) =>
      request.kind === "copy" && request.bucket === "missing"
        ? storeError("no-such-bucket", "copy")
        : undefined;
    const sweeper = sweeperOf({ ...home, store: faultyStore(home.store, { before }) });
    expect(await sweeper.sweep()).toMatchObject({ retrying: 1, dead: 0 });
    await home.clock.advance("1d");
    expect(await sweeper.sweep()).toMatchObject({ dead: 1 });
  });
});

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
  it("is tried again after pauses that double to an hour, among sweeps once a minute", {
    tags: ["slow"],
  }, async () => {
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

  it("is followed by the newer ones of its target immediately, even if they back off", async () => {
    const home = homeWithBuckets("out");
    const before = failFirst("copy", 3, storeError("denied", "copy"));
    const failing = { ...home, store: faultyStore(home.store, { before }) };
    await writeByHand(home.store, `${DUE}|out|k|older`);
    await home.clock.advance("20s");
    await writeByHand(home.store, `${NOON}|out|k|newer`);
    expect(await triesWithin(failing, 10)).toEqual([0, 1, 3, 7, 7]);
    expect(await waitingIn(home.store)).toEqual([]);
  });

  it("backs off as well while newer events of its target wait behind it", async () => {
    const home = homeWithBuckets();
    await writeByHand(home.store, `${DUE}|missing|k|older`);
    await writeByHand(home.store, `${NOON}|missing|k|newer`);
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

  it("blocks newer events of its target until it is delivered, also while it waits for a try", async () => {
    const home = homeWithBuckets("out");
    const before = failFirst("copy", 1, storeError("denied", "copy"));
    const sweeper = sweeperOf({ ...home, store: faultyStore(home.store, { before }) });
    await writeByHand(home.store, "2026-12-24T11:59:00.000Z|out|k|older");
    await home.clock.advance("10s");
    await sweeper.sweep();
    await home.clock.advance("10s");
    await writeByHand(home.store, "2026-12-24T12:00:05.000Z|out|k|newer");
    expect(await sweeper.sweep()).toMatchObject({ retrying: 1, blocked: 1, requests: { copy: 0 } });
    await home.clock.advance("1m");
    expect(await sweeper.sweep()).toMatchObject({ delivered: 2 });
    expect(await textOf(home.store, "out", "k")).toContain("newer");
  });

  it("doesn't take others' tries away: a sweep that ends early leaves them new", async () => {
    const home = homeWithBuckets("out");
    for (let index = 10; index < 50; index++) {
      await writeByHand(home.store, `2026-12-24T12:00:${index}.000Z|out|${index}|id`);
    }
    await home.clock.advance("1m");
    const deadline = new Date(home.clock.now() + 8_000);
    const slow = sweeperOf(slowed(home, "copy", 1_000), { concurrency: 1 });
    const sweeping = slow.sweep({ deadline });
    await home.clock.advance("10s");
    const first = await sweeping;
    expect(first.truncated).toBe("deadline");
    const second = await sweeperOf(home).sweep();
    expect(second.delivered).toBe(40 - first.delivered);
    expect(second.requests.head).toBe(0);
  });
});

import { describe, expect, it } from "vitest";
import type { ObjectStore } from "../store/object-store.js";
import {
  NOON,
  storeError,
  type TestSchedule,
  testSchedule,
} from "../test-support/test-schedule.js";
import { faultyStore } from "../testing/faulty-store.js";
import { type HeldLease, type LeaseRequest, takeLease } from "./held-lease.js";

const LEASE = { bucket: "schedule", key: "keywhen/lease/sweep.json" };
const NOON_MS = Date.parse(NOON);
const { signal } = new AbortController();
const ACCOUNT = { uncertainMs: undefined, attemptedAll: true, sweptThroughMs: undefined };

let taken = 0;

function tryToTake(schedule: TestSchedule, request: Partial<LeaseRequest>) {
  const random = (bytes: number) => new Uint8Array(bytes).fill(taken++); // the shortest pauses, other names
  const place = { ...schedule, random, leaseKey: LEASE.key };
  const usual = { untilMs: NOON_MS, ttlMs: 60_000, onTop: true, label: undefined };
  return takeLease(place, { ...usual, ...request }, signal);
}

async function take(
  schedule: TestSchedule,
  store: ObjectStore = schedule.store,
  untilMs = NOON_MS,
) {
  const answer = await tryToTake({ ...schedule, store }, { untilMs });
  if (answer.outcome !== "taken") throw new Error("the lease is not free");
  return answer.lease;
}

async function read({
  store,
}: TestSchedule): Promise<{ holders: { owner: string; expires: string }[] }> {
  const opened = await store.get(LEASE);
  return JSON.parse(await new Response(opened?.body).text());
}

const versionIn = async ({ store }: TestSchedule) => (await store.head(LEASE))?.version;

const write = ({ store }: TestSchedule, lease: object) =>
  store.put(LEASE, new TextEncoder().encode(JSON.stringify(lease)));

async function addDead(schedule: TestSchedule): Promise<void> {
  const { holders } = await read(schedule);
  const range = { until: "2026-12-24T11:00:00.000Z", expires: "2026-12-24T11:30:00.000Z" };
  await write(schedule, { holders: [{ owner: "dead", ...range }, ...holders] });
}

/** The lease after its entry has expired by the store's time. */
async function expire(schedule: TestSchedule): Promise<void> {
  const { holders } = await read(schedule);
  await write(schedule, { holders: [{ ...holders[0], expires: "2026-12-24T11:59:00.000Z" }] });
}

/** A store whose answer to the second put is missing. The first put takes the lease. */
function withoutSecondAnswer({ store }: TestSchedule, isCarriedOut = true) {
  let puts = 0;
  const fault = ({ kind }: { kind: string }) => {
    if (kind === "put") puts += 1;
    return kind === "put" && puts === 2 ? storeError("unavailable", kind) : undefined;
  };
  const faults = isCarriedOut ? { after: fault } : { before: fault };
  return { store: faultyStore(store, faults), puts: () => puts };
}

/** A store that throws `code` for requests of one kind, from `fail()` on. */
function failing({ store }: TestSchedule, kind: "get" | "put", code: "unavailable" | "denied") {
  let isFailing = false;
  const before = (request: { kind: string }) =>
    isFailing && request.kind === kind ? storeError(code, kind) : undefined;
  const fail = () => {
    isFailing = true;
  };
  return { store: faultyStore(store, { before }), fail };
}

const isLost = (lease: HeldLease) => lease.lostSignal.aborted;

describe("takeLease()", () => {
  it("counts a lease from the try that was carried out, however late, and not from the last", async () => {
    const schedule = testSchedule();
    const { clock, store } = schedule;
    let tries = 0;
    const put: ObjectStore["put"] = async (...call) => {
      tries += 1;
      if (tries === 1) void clock.sleep(18_000).then(() => store.put(...call));
      await clock.sleep(10_000);
      throw storeError("unavailable", "put");
    };
    const taking = take(schedule, { ...store, put });
    await clock.advance("25s");
    const lease = await taking;
    expect([tries, lease.leftMs()]).toEqual([2, 60_000 - 25_000 - 1_000]);
  });

  it.each([
    ["held", NOON_MS, true],
    ["held", NOON_MS - 1, true],
    ["taken", NOON_MS + 1, true],
    ["held", NOON_MS + 1, false],
  ])(
    "is %s if another holder's range ends at noon: %i, on top %s",
    async (outcome, untilMs, onTop) => {
      const schedule = testSchedule();
      await take(schedule);
      expect(await tryToTake(schedule, { untilMs, onTop })).toMatchObject({ outcome });
    },
  );

  it("writes nothing if mayTake does not allow it", async () => {
    const schedule = testSchedule();
    const declined = await tryToTake(schedule, { mayTake: () => false });
    expect(declined).toEqual({ outcome: "declined" });
    expect(await versionIn(schedule)).toBeUndefined();
  });
});

describe("HeldLease", () => {
  it("is renewed each time at half of its time", async () => {
    const schedule = testSchedule();
    const { clock } = schedule;
    const lease = await take(schedule);
    expect(lease.leftMs()).toBe(59_000);
    await clock.advance("29s");
    expect(lease.leftMs()).toBe(30_000);
    await clock.advance("1s");
    expect(lease.leftMs()).toBe(59_000);
    expect((await read(schedule)).holders).toMatchObject([{ expires: "2026-12-24T12:01:30.000Z" }]);
    await clock.advance("10m");
    expect(isLost(lease)).toBe(false);
    await lease.release(ACCOUNT, signal);
    await clock.advance("1s");
    expect(clock.sleepers).toBe(0);
  });

  it.each([
    ["carried out", true, 2],
    ["not carried out", false, 3],
  ])("is renewed if a write without an answer was %s", async (_, isCarriedOut, most) => {
    const schedule = testSchedule();
    const { store, puts } = withoutSecondAnswer(schedule, isCarriedOut);
    const lease = await take(schedule, store);
    await schedule.clock.advance("31s");
    expect([puts(), Math.round(lease.leftMs() / 1_000)]).toEqual([most, 58]);
    const [own] = (await read(schedule)).holders;
    expect(Date.parse(own?.expires ?? "")).toBeGreaterThanOrEqual(NOON_MS + 90_000);
    await lease.release(ACCOUNT, signal);
  });

  it("tries to renew again within half a second, until it is lost a second before its end", async () => {
    const schedule = testSchedule();
    const { clock } = schedule;
    const { store, fail } = failing(schedule, "get", "unavailable");
    let reads = 0;
    const get: ObjectStore["get"] = (...call) => {
      reads += 1;
      return store.get(...call);
    };
    const lease = await take(schedule, { ...store, get });
    fail();
    await clock.advance("58s");
    expect([isLost(lease), Math.round(lease.leftMs())]).toEqual([false, 1_000]);
    expect(reads).toBeGreaterThan(65); // each try reads five times
    await clock.advance("1s");
    expect([isLost(lease), lease.leftMs()]).toEqual([true, 0]);
    await lease.release(ACCOUNT, signal); // does nothing
    await clock.advance("1m");
    expect(clock.sleepers).toBe(0);
  });

  it("is lost when the wall clock is beyond its end, because the machine may have slept", async () => {
    const schedule = testSchedule();
    const lease = await take(schedule);
    schedule.clock.set("2026-12-24T12:00:59Z");
    await schedule.clock.advance("1s");
    expect(isLost(lease)).toBe(true);
  });

  it("is lost, and not prolonged, if the machine slept during its renewal", async () => {
    const schedule = testSchedule();
    let reads = 0;
    const get: ObjectStore["get"] = (...call) => {
      reads += 1;
      if (reads === 2) schedule.clock.set("2026-12-24T12:00:59Z"); // its timers come a moment later
      return schedule.store.get(...call);
    };
    const lease = await take(schedule, { ...schedule.store, get });
    await schedule.clock.advance("30s");
    expect([isLost(lease), reads]).toEqual([true, 2]);
    expect((await read(schedule)).holders).toMatchObject([{ expires: "2026-12-24T12:01:00.000Z" }]);
  });

  it("is lost immediately if it may no longer be written", async () => {
    const schedule = testSchedule();
    const { store, fail } = failing(schedule, "put", "denied");
    const lease = await take(schedule, store);
    fail();
    await schedule.clock.advance("31s");
    expect(isLost(lease)).toBe(true);
  });

  const removals = [
    ["its entry is gone", (schedule: TestSchedule) => write(schedule, { holders: [] })],
    ["its entry has expired by the store's time", expire],
  ] as const;

  it.each(removals)("is lost, and writes nothing, at its renewal if %s", async (_, remove) => {
    const schedule = testSchedule();
    const lease = await take(schedule);
    await remove(schedule);
    const version = await versionIn(schedule);
    await schedule.clock.advance("29s");
    expect(isLost(lease)).toBe(false);
    await schedule.clock.advance("1s");
    expect(isLost(lease)).toBe(true);
    expect(await versionIn(schedule)).toBe(version);
  });

  it.each(removals)("is lost, and writes nothing, at refresh() if %s", async (_, remove) => {
    const schedule = testSchedule();
    const lease = await take(schedule);
    await remove(schedule);
    const version = await versionIn(schedule);
    await lease.refresh(signal);
    expect([isLost(lease), lease.leftMs()]).toEqual([true, 0]);
    expect(await versionIn(schedule)).toBe(version);
  });

  it("takes over the range of a dead holder below at refresh(), although the answer is missing", async () => {
    const schedule = testSchedule();
    const { store, puts } = withoutSecondAnswer(schedule);
    const lease = await take(schedule, store);
    expect(lease.fromMs).toBe(Number.NEGATIVE_INFINITY);
    await addDead(schedule);
    const refreshing = lease.refresh(signal);
    await schedule.clock.advance("1s");
    await refreshing;
    expect(lease.uncleanMs).toBe(Date.parse("2026-12-24T11:00:00.000Z"));
    expect((await read(schedule)).holders).toHaveLength(1);
    expect([puts(), isLost(lease)]).toEqual([2, false]);
    await lease.release(ACCOUNT, signal);
  });

  it("writes nothing at refresh() if nothing has changed", async () => {
    const schedule = testSchedule();
    const lease = await take(schedule);
    const version = await versionIn(schedule);
    await lease.refresh(signal);
    expect(await versionIn(schedule)).toBe(version);
    await lease.release(ACCOUNT, signal);
  });
});

describe("release()", () => {
  it("leaves the account for the next holder, and ends the renewing", async () => {
    const schedule = testSchedule();
    const lease = await take(schedule);
    await lease.release({ ...ACCOUNT, sweptThroughMs: NOON_MS - 1_000 }, signal);
    expect(await read(schedule)).toMatchObject({
      holders: [],
      sweptThrough: "2026-12-24T11:59:59.000Z",
    });
    await schedule.clock.advance("2m");
    expect([isLost(lease), schedule.clock.sleepers]).toEqual([false, 0]);
  });

  it("writes nothing if the lease is lost, or another writer has removed the entry", async () => {
    const schedule = testSchedule();
    const lease = await take(schedule);
    await write(schedule, { holders: [] });
    const version = await versionIn(schedule);
    await lease.release(ACCOUNT, signal);
    await lease.refresh(signal);
    expect(await versionIn(schedule)).toBe(version);
    expect(isLost(lease)).toBe(false); // it was released before
  });

  it.each([
    ["carried out", true, 2],
    ["not carried out", false, 3],
  ])("removes the entry if a write without an answer was %s", async (_, isCarriedOut, most) => {
    const schedule = testSchedule();
    const { store, puts } = withoutSecondAnswer(schedule, isCarriedOut);
    const lease = await take(schedule, store);
    const releasing = lease.release(ACCOUNT, signal);
    await schedule.clock.advance("1s");
    await releasing;
    expect([puts(), (await read(schedule)).holders]).toEqual([most, []]);
  });

  it("ends with its signal, and when the lease does", async () => {
    const schedule = testSchedule();
    let isDown = false;
    const get: ObjectStore["get"] = (ref, call) =>
      isDown ? untilAborted(call?.signal) : schedule.store.get(ref, call);
    const store = { ...schedule.store, get };
    const one = await take(schedule, store, NOON_MS);
    const other = await take(schedule, store, NOON_MS + 1);
    isDown = true;
    const abort = new AbortController();
    const aborted = expect(one.release(ACCOUNT, abort.signal)).rejects.toMatchObject({
      code: "aborted",
    });
    abort.abort();
    await aborted;
    const ended = expect(other.release(ACCOUNT, signal)).rejects.toMatchObject({ code: "aborted" });
    await schedule.clock.advance("1m");
    await ended;
    expect(schedule.clock.sleepers).toBe(0);
  });
});

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(storeError("aborted", "get")));
  });
}

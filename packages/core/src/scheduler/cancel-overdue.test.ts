import { describe, expect, it } from "vitest";
import type { ObjectStore } from "../store/object-store.js";
import {
  failFirst,
  NOON,
  storeError,
  sweeperOf,
  type TestSchedule,
  testSchedule,
  waitingIn,
  writeByHand,
} from "../test-support/test-schedule.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";
import { createScheduler } from "./create-scheduler.js";

const LEASE = { bucket: "schedule", key: "keywhen/lease/sweep.json" };
const to = { bucket: "out", key: "k" };

async function homeWithOverdue() {
  const home = testSchedule();
  const { id } = await createScheduler(home).schedule({ at: NOON, to });
  await home.clock.advance("1h");
  return { home, id };
}

function writeLease({ store }: TestSchedule, lease: object) {
  const text = JSON.stringify({ holders: [], ...lease });
  return store.put(LEASE, new TextEncoder().encode(text));
}

async function readLease({ store }: TestSchedule) {
  const opened = await store.get(LEASE);
  return JSON.parse(await new Response(opened?.body).text());
}

const leaseHolders = async (home: TestSchedule) => (await readLease(home)).holders;

const cancelOverdue = (home: TestSchedule, id: string) =>
  createScheduler(home).cancel(id, { overdue: true });

describe("cancel() of an overdue event", () => {
  it("is too late unless it is asked for", async () => {
    const { home, id } = await homeWithOverdue();
    expect(await createScheduler(home).cancel(id)).toMatchObject({ outcome: "too-late" });
    expect(await cancelOverdue(home, id)).toEqual({ outcome: "cancelled", id });
    expect(await waitingIn(home.store)).toEqual([]);
    expect(await cancelOverdue(home, id)).toEqual({ outcome: "not-found" });
  });

  it("lets the next sweeper in immediately, which knows as much as before", async () => {
    const { home, id } = await homeWithOverdue();
    await writeLease(home, { sweptThrough: "2026-12-24T11:00:00.000Z" });
    await cancelOverdue(home, id);
    expect(await readLease(home)).toMatchObject({
      holders: [],
      sweptThrough: "2026-12-24T11:00:00.000Z",
    });
  });

  it("is too late while a sweeper is at work", async () => {
    const { home, id } = await homeWithOverdue();
    const holder = { owner: "x", until: NOON, expires: "2026-12-24T13:00:30.000Z" };
    await writeLease(home, { holders: [holder] });
    expect(await cancelOverdue(home, id)).toMatchObject({ outcome: "too-late" });
    expect(await waitingIn(home.store)).toEqual([id]);
  });

  it("is too late if a sweeper that died had copied it, and finishes that", async () => {
    const { home, id } = await homeWithOverdue();
    await home.store.copy({ bucket: "schedule", key: `keywhen/pending/${id}` }, to);
    await writeLease(home, { unclean: NOON });
    expect(await cancelOverdue(home, id)).toMatchObject({ outcome: "too-late" });
    expect(await waitingIn(home.store)).toEqual([]);
  });

  it("is undecided if it may have been delivered and consumed, and never delivers it again", async () => {
    const { home, id } = await homeWithOverdue();
    await writeLease(home, { unclean: NOON });
    expect(await cancelOverdue(home, id)).toMatchObject({ outcome: "undecided" });
    expect(await sweeperOf(home).sweep()).toMatchObject({ due: 0 });
  });

  it("is undecided if it was tried before and nothing shows whether it arrived", async () => {
    const home = testSchedule();
    await writeByHand(home.store, `${NOON}|out|by-hand`);
    await home.clock.advance("1h");
    await writeLease(home, { sweptThrough: "2026-12-24T12:30:00.000Z" });
    const result = await cancelOverdue(home, `${NOON}|out|by-hand`);
    expect(result).toMatchObject({ outcome: "undecided" });
  });

  it("is undecided if its delete is not answered while the lease lasts", async () => {
    const { home, id } = await homeWithOverdue();
    const after = failFirst("delete", 99, storeError("unavailable", "delete"));
    const result = cancelOverdue({ ...home, store: faultyStore(home.store, { after }) }, id);
    await home.clock.advance("2m");
    expect(await result).toMatchObject({ outcome: "undecided" });
  });

  it("is undecided if others swept in the meantime, though its own clocks don't show it: it slept, and was set back", async () => {
    const { home, id } = await homeWithOverdue();
    const remove: ObjectStore["delete"] = async (...call) => {
      await writeLease(home, { unclean: "2026-12-24T13:00:00.001Z" });
      return home.store.delete(...call);
    };
    const slept = { ...home, store: { ...home.store, delete: remove } };
    expect(await cancelOverdue(slept, id)).toEqual({ outcome: "undecided" });
    expect(await leaseHolders(home)).toEqual([]);
  });

  it("is undecided if nothing shows whether others swept in the meantime", async () => {
    const { home, id } = await homeWithOverdue();
    let isDeleted = false;
    const store = faultyStore(home.store, {
      before: ({ kind }) => {
        isDeleted ||= kind === "delete";
        return isDeleted && kind === "get" ? storeError("denied", kind) : undefined;
      },
    });
    expect(await cancelOverdue({ ...home, store }, id)).toEqual({ outcome: "undecided" });
  });

  it("lets the lease go though its caller aborts in the middle", async () => {
    const { home, id } = await homeWithOverdue();
    const abort = new AbortController();
    const store = faultyStore(home.store, {
      before: ({ kind }) => {
        if (kind !== "delete") return undefined;
        abort.abort();
        return storeError("aborted", kind);
      },
    });
    const scheduler = createScheduler({ ...home, store });
    const cancelling = scheduler.cancel(id, { overdue: true, signal: abort.signal });
    await expect(cancelling).rejects.toMatchObject({ code: "aborted" });
    expect(await leaseHolders(home)).toEqual([]);
  });

  it("returns the outcome though the lease can't be released", async () => {
    const { home, id } = await homeWithOverdue();
    let isDeleted = false;
    const store = faultyStore(home.store, {
      before: ({ kind }) => {
        isDeleted ||= kind === "delete";
        return isDeleted && kind === "put" ? storeError("denied", kind) : undefined;
      },
    });
    expect(await cancelOverdue({ ...home, store }, id)).toEqual({ outcome: "cancelled", id });
    expect(await leaseHolders(home)).toHaveLength(1);
  });

  it("needs a store that can have a lease", async () => {
    const { home, id } = await homeWithOverdue();
    const capabilities = { ...home.store.capabilities, putIfVersion: false };
    const store = { ...home.store, capabilities };
    await expect(cancelOverdue({ ...home, store }, id)).rejects.toMatchObject({
      code: "not-supported",
    });
  });
});

describe("a clock that is wrong", () => {
  const wrongBy = (home: TestSchedule, ms: number): TestSchedule => ({
    ...home,
    clock: { ...home.clock, now: () => home.clock.now() + ms },
  });

  it.each([-1_800, 1_800, 3_600_000])("%d ms refuses to cancel and to move", async (ms) => {
    const home = testSchedule();
    const { id } = await createScheduler(home).schedule({ in: "5h", to });
    const scheduler = createScheduler(wrongBy(home, ms));
    const skewed = { code: "clock-skew", message: expect.stringContaining("the limit is 1.25 s") };
    await expect(scheduler.cancel(id)).rejects.toMatchObject(skewed);
    await expect(scheduler.reschedule(id, { in: "6h" })).rejects.toMatchObject(skewed);
    expect(await waitingIn(home.store)).toEqual([id]);
  });

  it.each([-700, 1_700])("%d ms is within what the guard allows", async (ms) => {
    const home = testSchedule();
    const { id } = await createScheduler(home).schedule({ in: "1h", to });
    const cancelled = await createScheduler(wrongBy(home, ms)).cancel(id);
    expect(cancelled.outcome).toBe("cancelled");
  });

  it("is noticed in the answer to the delete, too", async () => {
    const home = testSchedule();
    const { id } = await createScheduler(home).schedule({ in: "5h", to });
    let offsetMs = 0;
    const clock = { ...home.clock, now: () => home.clock.now() + offsetMs };
    const store = recordingStore(home.store, ({ kind }) => {
      if (kind === "head") offsetMs = -3_600_000; // set back after the HEAD was sent
    });
    const result = await createScheduler({ ...home, clock, store }).cancel(id);
    expect(result).toEqual({ outcome: "undecided" });
  });

  it("copies nothing if it is ahead, and says so", async () => {
    const home = testSchedule();
    await createScheduler(home).schedule({ in: "30m", to });
    const ahead = wrongBy(home, 3_600_000);
    const report = await sweeperOf(ahead).sweep();
    expect(report).toMatchObject({ delivered: 0, truncated: "clock-skew", skewMs: 3_599_500 });
    expect(report.requests).toMatchObject({ list: 1, put: 0, copy: 0 });
  });

  it("delivers late rather than never if it is behind, and takes no try from another sweeper", async () => {
    const home = testSchedule();
    await createScheduler(home).schedule({ at: NOON, to });
    await createScheduler(home).schedule({ at: "2026-12-24T10:00Z", to: { ...to, key: "old" } });
    await home.clock.advance("10s");
    const behind = wrongBy(home, -3_600_000);
    expect(await sweeperOf(behind).sweep()).toMatchObject({ delivered: 1, skewMs: -3_600_500 });
    const right = await sweeperOf(home).sweep();
    expect(right).toMatchObject({ delivered: 1, requests: { head: 0 } });
  });
});

import { describe, expect, it } from "vitest";
import {
  CLOSES,
  schedulerOnFaulty,
  schedulerWith,
  scheduleWithEvent,
  when,
} from "../test-support/one-event.js";
import {
  failFirst,
  keysOf,
  NOON,
  storeError,
  sweeperOf,
  type TestSchedule,
  testSchedule,
  waitingIn,
  writeByHand,
} from "../test-support/test-schedule.js";
import { createScheduler } from "./create-scheduler.js";

describe("cancel()", () => {
  it("deletes a waiting event, once", async () => {
    const { schedule, id } = await scheduleWithEvent();
    const scheduler = createScheduler(schedule);
    expect(await scheduler.cancel(id)).toEqual({ outcome: "cancelled", id });
    expect(await keysOf(schedule.store, "schedule")).toEqual([]);
    expect(await scheduler.cancel(id)).toEqual({ outcome: "not-found" });
  });

  it("is too late from the guard before the due instant on", async () => {
    const { schedule, id } = await scheduleWithEvent();
    schedule.clock.set(CLOSES);
    const tooLate = { outcome: "too-late", closedAt: new Date(CLOSES) };
    expect(await createScheduler(schedule).cancel(id)).toEqual(tooLate);
    expect(await waitingIn(schedule.store)).toEqual([id]);
  });

  it.each([
    ["too-late", "before", "get", 1],
    ["too-late", "before", "head", 1],
    ["undecided", "after", "delete", 0],
  ] as const)("is %s if the event closes %s the %s", async (outcome, side, kind, left) => {
    const { schedule, id } = await scheduleWithEvent();
    schedule.clock.set("2026-12-24T12:59:55.500Z");
    const faults = { [side]: when(kind, () => schedule.clock.set(CLOSES)) };
    expect(await schedulerOnFaulty(schedule, faults).cancel(id)).toMatchObject({ outcome });
    expect(await waitingIn(schedule.store)).toHaveLength(left);
  });

  it("asks again if a slow answer makes the clock look wrong", async () => {
    const { schedule, id } = await scheduleWithEvent();
    let heads = 0;
    const result = schedulerWith(schedule, {
      async head(ref, call) {
        heads += 1;
        if (heads === 1) await schedule.clock.sleep(6_000);
        return schedule.store.head(ref, call);
      },
    }).cancel(id);
    await schedule.clock.advance("10s");
    expect(await result).toMatchObject({ outcome: "cancelled" });
    expect(heads).toBe(2);
  });

  it("is undecided if the store's answer has nothing about the event", async () => {
    const { schedule, id } = await scheduleWithEvent();
    const result = await schedulerWith(schedule, { delete: async () => [] }).cancel(id);
    expect(result).toMatchObject({ outcome: "undecided", error: { code: "unexpected" } });
  });

  const unavailable = storeError("unavailable", "delete");
  it.each([
    ["cancelled", 2, undefined],
    ["undecided", 99, unavailable],
  ])("is %s if the delete is not answered %d times", async (outcome, times, error) => {
    const { schedule, id } = await scheduleWithEvent();
    const after = failFirst("delete", times, unavailable);
    const result = schedulerOnFaulty(schedule, { after }).cancel(id);
    await schedule.clock.advance("1m");
    expect(await result).toMatchObject(error ? { outcome, error } : { outcome });
  });

  it("throws an error which says that the event still waits", async () => {
    const { schedule, id } = await scheduleWithEvent();
    const error = storeError("denied", "delete");
    const scheduler = schedulerWith(schedule, {
      delete: async () => [{ outcome: "failed", error }],
    });
    await expect(scheduler.cancel(id)).rejects.toBe(error);
  });
});

const LEASE = { bucket: "schedule", key: "keywhen/lease/sweep.json" };

async function scheduleWithOverdue() {
  const { schedule, id } = await scheduleWithEvent({ in: "0s" });
  await schedule.clock.advance("1h");
  return { schedule, id };
}

function writeLease({ store }: TestSchedule, lease: object) {
  const text = JSON.stringify({ holders: [], ...lease });
  return store.put(LEASE, new TextEncoder().encode(text));
}

async function readLease({ store }: TestSchedule) {
  const opened = await store.get(LEASE);
  return JSON.parse(await new Response(opened?.body).text());
}

const overdue = { overdue: true };
const cancelOverdue = (schedule: TestSchedule, id: string) =>
  createScheduler(schedule).cancel(id, overdue);

/** As a fault: denies requests of this kind once a delete has been sent. */
function deniedAfterDelete(denied: string) {
  let isDeleted = false;
  return ({ kind }: { kind: Parameters<typeof storeError>[1] }) => {
    isDeleted ||= kind === "delete";
    return isDeleted && kind === denied ? storeError("denied", kind) : undefined;
  };
}

describe("cancel() of an overdue event", () => {
  it("is too late unless it is asked for", async () => {
    const { schedule, id } = await scheduleWithOverdue();
    expect(await createScheduler(schedule).cancel(id)).toMatchObject({ outcome: "too-late" });
    expect(await cancelOverdue(schedule, id)).toEqual({ outcome: "cancelled", id });
    expect(await waitingIn(schedule.store)).toEqual([]);
    expect(await cancelOverdue(schedule, id)).toEqual({ outcome: "not-found" });
  });

  it("finds no event that leaves before it has the lease", async () => {
    const { schedule, id } = await scheduleWithOverdue();
    const before = when("put", () => schedule.store.delete("schedule", [`keywhen/pending/${id}`]));
    const result = await schedulerOnFaulty(schedule, { before }).cancel(id, overdue);
    expect(result).toEqual({ outcome: "not-found" });
  });

  it("releases the lease with what it said before", async () => {
    const { schedule, id } = await scheduleWithOverdue();
    const sweptThrough = "2026-12-24T11:00:00.000Z";
    await writeLease(schedule, { sweptThrough });
    await cancelOverdue(schedule, id);
    expect(await readLease(schedule)).toMatchObject({ holders: [], sweptThrough });
  });

  it("is too late while a sweeper runs", async () => {
    const { schedule, id } = await scheduleWithOverdue();
    const holder = { owner: "x", until: NOON, expires: "2026-12-24T13:00:30.000Z" };
    await writeLease(schedule, { holders: [holder] });
    expect(await cancelOverdue(schedule, id)).toMatchObject({ outcome: "too-late" });
    expect(await waitingIn(schedule.store)).toEqual([id]);
  });

  it("is too late if a sweeper that died had copied it, and deletes it", async () => {
    const { schedule, id } = await scheduleWithOverdue();
    const source = { bucket: "schedule", key: `keywhen/pending/${id}` };
    await schedule.store.copy(source, { bucket: "out", key: "k" });
    await writeLease(schedule, { unclean: NOON });
    expect(await cancelOverdue(schedule, id)).toMatchObject({ outcome: "too-late" });
    expect(await waitingIn(schedule.store)).toEqual([]);
  });

  it("is undecided if it may have been delivered and consumed, and deletes it", async () => {
    const { schedule, id } = await scheduleWithOverdue();
    await writeLease(schedule, { unclean: NOON });
    expect(await cancelOverdue(schedule, id)).toMatchObject({ outcome: "undecided" });
    expect(await sweeperOf(schedule).sweep()).toMatchObject({ due: 0 });
  });

  it.each(["no-such-bucket", "denied"] as const)(
    "is undecided if it may have been delivered and its target is %s: that may be the name of a destination",
    async (code) => {
      const { schedule, id } = await scheduleWithOverdue();
      await writeLease(schedule, { unclean: NOON });
      const before = ({ kind, bucket }: { kind: string; bucket: string }) =>
        kind === "head" && bucket === "out" ? storeError(code, "head") : undefined;
      const scheduler = schedulerOnFaulty(schedule, { before });
      expect(await scheduler.cancel(id, overdue)).toEqual({ outcome: "undecided" });
      expect(await waitingIn(schedule.store)).toEqual([]);
    },
  );

  it("fails if it may have been delivered and its target can't be looked at", async () => {
    const { schedule, id } = await scheduleWithOverdue();
    await writeLease(schedule, { unclean: NOON });
    const before = ({ kind, bucket }: { kind: string; bucket: string }) =>
      kind === "head" && bucket === "out" ? storeError("unauthenticated", "head") : undefined;
    const scheduler = schedulerOnFaulty(schedule, { before });
    await expect(scheduler.cancel(id, overdue)).rejects.toMatchObject({ code: "unauthenticated" });
    expect(await waitingIn(schedule.store)).toEqual([id]);
  });

  it("is undecided if it was tried, and has no delivery id to look for", async () => {
    const schedule = testSchedule();
    const id = `${NOON}|out|by-hand`;
    await writeByHand(schedule.store, id);
    await schedule.clock.advance("1h");
    await writeLease(schedule, { sweptThrough: "2026-12-24T12:30:00.000Z" });
    expect(await cancelOverdue(schedule, id)).toMatchObject({ outcome: "undecided" });
  });

  it("is undecided if its delete is not answered while the lease lasts", async () => {
    const { schedule, id } = await scheduleWithOverdue();
    const after = failFirst("delete", 99, storeError("unavailable", "delete"));
    const result = schedulerOnFaulty(schedule, { after }).cancel(id, overdue);
    await schedule.clock.advance("2m");
    expect(await result).toMatchObject({ outcome: "undecided" });
  });

  it("is undecided if the lease shows that others swept, after a sleep and a clock that was set back", async () => {
    const { schedule, id } = await scheduleWithOverdue();
    const slept = schedulerWith(schedule, {
      async delete(...call) {
        await writeLease(schedule, { unclean: "2026-12-24T13:00:00.001Z" });
        return schedule.store.delete(...call);
      },
    });
    expect(await slept.cancel(id, overdue)).toEqual({ outcome: "undecided" });
    expect((await readLease(schedule)).holders).toEqual([]);
  });

  it("is undecided if the lease can't be read again", async () => {
    const { schedule, id } = await scheduleWithOverdue();
    const scheduler = schedulerOnFaulty(schedule, { before: deniedAfterDelete("get") });
    expect(await scheduler.cancel(id, overdue)).toEqual({ outcome: "undecided" });
  });

  it("needs no release of the lease", async () => {
    const { schedule, id } = await scheduleWithOverdue();
    const scheduler = schedulerOnFaulty(schedule, { before: deniedAfterDelete("put") });
    expect(await scheduler.cancel(id, overdue)).toEqual({ outcome: "cancelled", id });
    expect((await readLease(schedule)).holders).toHaveLength(1);
  });

  it("releases the lease after its caller aborts", async () => {
    const { schedule, id } = await scheduleWithOverdue();
    const abort = new AbortController();
    const scheduler = schedulerWith(schedule, {
      async delete() {
        abort.abort();
        throw storeError("aborted", "delete");
      },
    });
    const cancelling = scheduler.cancel(id, { ...overdue, signal: abort.signal });
    await expect(cancelling).rejects.toMatchObject({ code: "aborted" });
    expect((await readLease(schedule)).holders).toEqual([]);
  });

  it("needs a store that can have a lease", async () => {
    const { schedule, id } = await scheduleWithOverdue();
    const capabilities = { ...schedule.store.capabilities, putIfVersion: false };
    const cancelling = schedulerWith(schedule, { capabilities }).cancel(id, overdue);
    await expect(cancelling).rejects.toMatchObject({ code: "not-supported" });
  });
});

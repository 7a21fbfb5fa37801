import { describe, expect, it } from "vitest";
import {
  CLOSES,
  homeWithEvent,
  schedulerOnFaulty,
  schedulerWith,
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
  it("takes a waiting event back, once", async () => {
    const { home, id } = await homeWithEvent();
    const scheduler = createScheduler(home);
    expect(await scheduler.cancel(id)).toEqual({ outcome: "cancelled", id });
    expect(await keysOf(home.store, "schedule")).toEqual([]);
    expect(await scheduler.cancel(id)).toEqual({ outcome: "not-found" });
  });

  it("is too late from the guard before the due instant on, and leaves the event alone", async () => {
    const { home, id } = await homeWithEvent();
    home.clock.set(CLOSES);
    const tooLate = { outcome: "too-late", closedAt: new Date(CLOSES) };
    expect(await createScheduler(home).cancel(id)).toEqual(tooLate);
    expect(await waitingIn(home.store)).toEqual([id]);
  });

  it.each(["get", "head"] as const)("is too late if it closes during the %s", async (kind) => {
    const { home, id } = await homeWithEvent();
    home.clock.set("2026-12-24T12:59:55.500Z");
    const before = when(kind, () => home.clock.set(CLOSES));
    const result = await schedulerOnFaulty(home, { before }).cancel(id);
    expect(result.outcome).toBe("too-late");
    expect(await waitingIn(home.store)).toEqual([id]);
  });

  it("is undecided if the answer to the delete comes after it has closed", async () => {
    const { home, id } = await homeWithEvent();
    const after = when("delete", () => home.clock.set(CLOSES));
    const result = await schedulerOnFaulty(home, { after }).cancel(id);
    expect(result).toEqual({ outcome: "undecided" });
  });

  it("asks again if a slow answer makes the clock look wrong", async () => {
    const { home, id } = await homeWithEvent();
    let heads = 0;
    const result = schedulerWith(home, {
      async head(ref, call) {
        heads += 1;
        if (heads === 1) await home.clock.sleep(6_000);
        return home.store.head(ref, call);
      },
    }).cancel(id);
    await home.clock.advance("10s");
    expect(await result).toMatchObject({ outcome: "cancelled" });
    expect(heads).toBe(2);
  });

  it("is undecided if the store says nothing of the event that it was to delete", async () => {
    const { home, id } = await homeWithEvent();
    const result = await schedulerWith(home, { delete: async () => [] }).cancel(id);
    expect(result).toMatchObject({ outcome: "undecided", error: { code: "unexpected" } });
  });

  it("tries an unanswered delete again while the event is open", async () => {
    const { home, id } = await homeWithEvent();
    const after = failFirst("delete", 2, storeError("unavailable", "delete"));
    const result = schedulerOnFaulty(home, { after }).cancel(id);
    await home.clock.advance("10s");
    expect(await result).toEqual({ outcome: "cancelled", id });
  });

  it("is undecided, with the error, if the delete is never answered", async () => {
    const { home, id } = await homeWithEvent();
    const error = storeError("unavailable", "delete");
    const after = failFirst("delete", 99, error);
    const result = schedulerOnFaulty(home, { after }).cancel(id);
    await home.clock.advance("1m");
    expect(await result).toEqual({ outcome: "undecided", error });
  });

  it("throws an error which says that the event still waits", async () => {
    const { home, id } = await homeWithEvent();
    const error = storeError("denied", "delete");
    const scheduler = schedulerWith(home, { delete: async () => [{ outcome: "failed", error }] });
    await expect(scheduler.cancel(id)).rejects.toBe(error);
  });
});

const LEASE = { bucket: "schedule", key: "keywhen/lease/sweep.json" };

async function homeWithOverdue() {
  const { home, id } = await homeWithEvent({ in: "0s" });
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

const overdue = { overdue: true };
const cancelOverdue = (home: TestSchedule, id: string) => createScheduler(home).cancel(id, overdue);

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
    const { home, id } = await homeWithOverdue();
    expect(await createScheduler(home).cancel(id)).toMatchObject({ outcome: "too-late" });
    expect(await cancelOverdue(home, id)).toEqual({ outcome: "cancelled", id });
    expect(await waitingIn(home.store)).toEqual([]);
    expect(await cancelOverdue(home, id)).toEqual({ outcome: "not-found" });
  });

  it("does not find an event that leaves before it has the lease", async () => {
    const { home, id } = await homeWithOverdue();
    const before = when("put", () => home.store.delete("schedule", [`keywhen/pending/${id}`]));
    const result = await schedulerOnFaulty(home, { before }).cancel(id, overdue);
    expect(result).toEqual({ outcome: "not-found" });
  });

  it("lets the next sweeper in immediately, which knows as much as before", async () => {
    const { home, id } = await homeWithOverdue();
    const sweptThrough = "2026-12-24T11:00:00.000Z";
    await writeLease(home, { sweptThrough });
    await cancelOverdue(home, id);
    expect(await readLease(home)).toMatchObject({ holders: [], sweptThrough });
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
    const source = { bucket: "schedule", key: `keywhen/pending/${id}` };
    await home.store.copy(source, { bucket: "out", key: "k" });
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
    const id = `${NOON}|out|by-hand`;
    await writeByHand(home.store, id);
    await home.clock.advance("1h");
    await writeLease(home, { sweptThrough: "2026-12-24T12:30:00.000Z" });
    expect(await cancelOverdue(home, id)).toMatchObject({ outcome: "undecided" });
  });

  it("is undecided if its delete is not answered while the lease lasts", async () => {
    const { home, id } = await homeWithOverdue();
    const after = failFirst("delete", 99, storeError("unavailable", "delete"));
    const result = schedulerOnFaulty(home, { after }).cancel(id, overdue);
    await home.clock.advance("2m");
    expect(await result).toMatchObject({ outcome: "undecided" });
  });

  it("is undecided if others swept in the meantime, which only the lease shows after a sleep and a clock that was set back", async () => {
    const { home, id } = await homeWithOverdue();
    const slept = schedulerWith(home, {
      async delete(...call) {
        await writeLease(home, { unclean: "2026-12-24T13:00:00.001Z" });
        return home.store.delete(...call);
      },
    });
    expect(await slept.cancel(id, overdue)).toEqual({ outcome: "undecided" });
    expect((await readLease(home)).holders).toEqual([]);
  });

  it("is undecided if nothing shows whether others swept in the meantime", async () => {
    const { home, id } = await homeWithOverdue();
    const scheduler = schedulerOnFaulty(home, { before: deniedAfterDelete("get") });
    expect(await scheduler.cancel(id, overdue)).toEqual({ outcome: "undecided" });
  });

  it("returns the outcome though the lease can't be released", async () => {
    const { home, id } = await homeWithOverdue();
    const scheduler = schedulerOnFaulty(home, { before: deniedAfterDelete("put") });
    expect(await scheduler.cancel(id, overdue)).toEqual({ outcome: "cancelled", id });
    expect((await readLease(home)).holders).toHaveLength(1);
  });

  it("releases the lease though its caller aborts in the middle", async () => {
    const { home, id } = await homeWithOverdue();
    const abort = new AbortController();
    const scheduler = schedulerWith(home, {
      async delete() {
        abort.abort();
        throw storeError("aborted", "delete");
      },
    });
    const cancelling = scheduler.cancel(id, { ...overdue, signal: abort.signal });
    await expect(cancelling).rejects.toMatchObject({ code: "aborted" });
    expect((await readLease(home)).holders).toEqual([]);
  });

  it("needs a store that can have a lease", async () => {
    const { home, id } = await homeWithOverdue();
    const capabilities = { ...home.store.capabilities, putIfVersion: false };
    const cancelling = schedulerWith(home, { capabilities }).cancel(id, overdue);
    await expect(cancelling).rejects.toMatchObject({ code: "not-supported" });
  });
});

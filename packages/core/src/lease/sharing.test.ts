import { describe, expect, it } from "vitest";
import type { SweepEvent } from "../report/sweep-event.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import type { ObjectStore } from "../store/object-store.js";
import { createSweeper } from "../sweep/create-sweeper.js";
import {
  failFirst,
  keysOf,
  storeError,
  sweeperOf,
  type TestSchedule,
  testSchedule,
  waitingIn,
  writeByHand,
} from "../test-support/test-schedule.js";
import { faultyStore } from "../testing/faulty-store.js";

const LEASE = { bucket: "schedule", key: "keywhen/lease/sweep.json" };
const DUE = "2026-12-24T11:59:00.000Z";

async function scheduleWith(...ids: string[]): Promise<TestSchedule> {
  const home = testSchedule();
  for (const id of ids) await writeByHand(home.store, id);
  return home;
}

async function readLease(store: ObjectStore): Promise<Record<string, unknown>> {
  const opened = await store.get(LEASE);
  return JSON.parse(await new Response(opened?.body).text());
}

function writeLease(store: ObjectStore, content: unknown) {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return store.put(LEASE, new TextEncoder().encode(text));
}

/** A store whose copies wait until they are let go. */
function slowCopies(store: ObjectStore) {
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const copy: ObjectStore["copy"] = async (...call) => {
    await gate;
    return store.copy(...call);
  };
  return { store: { ...store, copy }, letGo: () => letGo() };
}

describe("sweepers that share a schedule", () => {
  it("leave after one LIST and one GET of the lease while another one is at work", async () => {
    const home = await scheduleWith(`${DUE}|out|k|id`);
    const slow = slowCopies(home.store);
    const first = sweeperOf({ ...home, store: slow.store }, { owner: "host-1" }).sweep();
    await home.clock.advance("1s");
    const held = await createSweeper({ ...home, allowTargets: ["*"] }).sweep();
    expect(held).toMatchObject({
      outcome: "held",
      by: expect.stringMatching(/^host-1\/\w{12}$/),
      expiresAt: new Date("2026-12-24T12:01:00.000Z"),
      requests: { list: 1, get: 2, put: 0, copy: 0 },
    });
    slow.letGo();
    await home.clock.advance("2s");
    expect(await first).toMatchObject({ delivered: 1, lease: "taken" });
  });

  it("wait for the other one, if they are told to", async () => {
    const home = await scheduleWith(`${DUE}|out|k|id`);
    const slow = slowCopies(home.store);
    const first = sweeperOf({ ...home, store: slow.store }).sweep();
    await home.clock.advance("1s");
    const second = sweeperOf(home).sweep({ whenHeld: "wait" });
    await home.clock.advance("7s");
    await writeByHand(home.store, `${DUE}|out|later|id`);
    slow.letGo();
    await home.clock.advance("10s");
    expect(await first).toMatchObject({ delivered: 1 });
    expect(await second).toMatchObject({ delivered: 1, lease: "waited" });
  });

  it("wait no longer than their deadline", async () => {
    const home = await scheduleWith(`${DUE}|out|k|id`);
    await writeLease(home.store, {
      holders: [{ owner: "other", until: DUE, expires: "2026-12-24T12:01:00.000Z" }],
    });
    const sweeper = createSweeper({ ...home, allowTargets: ["*"] });
    const sweeping = sweeper.sweep({
      whenHeld: "wait",
      deadline: new Date(home.clock.now() + 12_000),
    });
    await home.clock.advance("12s");
    expect(await sweeping).toMatchObject({ outcome: "held", by: "other" });
  });

  it("take over from one that died, a little after its lease has ended", async () => {
    const home = await scheduleWith(`${DUE}|out|k|id`);
    const dies = { ...home, store: { ...home.store, copy: () => new Promise<never>(() => {}) } };
    void sweeperOf(dies, { leaseDuration: "10s" }).sweep({ signal: AbortSignal.timeout(2 ** 30) });
    await home.clock.advance("1ms");
    const dead = await readLease(home.store);
    await home.clock.advance("3m"); // the dead one renews no more: what it last wrote is put back
    await writeLease(home.store, dead);
    expect(await sweeperOf(home).sweep()).toMatchObject({ delivered: 1, lease: "taken" });
  });

  it("find at its target what a dead one had copied, and only delete it", async () => {
    const home = testSchedule();
    const { id } = await createScheduler(home).schedule({
      at: DUE,
      to: { bucket: "out", key: "k" },
      body: "x",
    });
    await home.store.copy(
      { bucket: "schedule", key: `keywhen/pending/${id}` },
      { bucket: "out", key: "k" },
    );
    await writeLease(home.store, {
      holders: [{ owner: "dead", until: home.clock.now(), expires: DUE }].map((holder) => ({
        ...holder,
        until: new Date(holder.until).toISOString(),
      })),
    });
    const report = await sweeperOf(home).sweep();
    expect(report).toMatchObject({ delivered: 0, alreadyDelivered: 1 });
    expect(report.requests).toMatchObject({ head: 1, copy: 0, delete: 1 });
    expect(await waitingIn(home.store)).toEqual([]);
    expect(await readLease(home.store)).toMatchObject({ holders: [] });
    expect(await readLease(home.store)).not.toHaveProperty("unclean");
  });

  it("copy again what the target doesn't show as this very event", async () => {
    const home = testSchedule();
    const event = { to: { bucket: "out", key: "k" }, body: "x", deliveryId: "same" };
    const scheduler = createScheduler(home);
    const { id: tomorrow } = await scheduler.schedule({ ...event, at: "2026-12-24T12:01Z" });
    await home.store.copy(
      { bucket: "schedule", key: `keywhen/pending/${tomorrow}` },
      { bucket: "out", key: "k" },
    );
    await scheduler.schedule({ ...event, at: "2026-12-24T12:02Z" });
    await home.clock.advance("3m");
    await writeLease(home.store, { holders: [], unclean: "2026-12-24T13:00:00.000Z" });
    expect(await sweeperOf(home).sweep()).toMatchObject({ delivered: 1, alreadyDelivered: 1 });
  });

  it("are told apart in the lease object, which ends empty", async () => {
    const home = await scheduleWith(`${DUE}|out|k|id`);
    await sweeperOf(home).sweep();
    expect(await readLease(home.store)).toEqual({
      holders: [],
      sweptThrough: "2026-12-24T11:59:58.000Z",
      nonce: expect.stringMatching(/^\w{12}$/),
    });
  });

  it("renew the lease as long as they work, and nobody else begins", async () => {
    const home = await scheduleWith(`${DUE}|out|k|id`);
    const slow = slowCopies(home.store);
    const limits = { leaseDuration: "20s" } as const;
    const first = sweeperOf({ ...home, store: slow.store }, limits).sweep();
    await home.clock.advance("14s"); // a copy may take 15 s
    expect(await createSweeper({ ...home, allowTargets: ["*"] }).sweep()).toMatchObject({
      outcome: "held",
      expiresAt: new Date("2026-12-24T12:00:30.000Z"),
    });
    slow.letGo();
    await home.clock.advance("2s");
    expect(await first).toMatchObject({ delivered: 1, lease: "taken" });
  });
});

describe("the lease object", () => {
  it.each([
    ["no JSON", "<html>"],
    ["another JSON", { lease: true }],
    ["larger than any lease", " ".repeat(70_000)],
    ["empty", ""],
  ])("is written anew if it is %s, and every due event is looked for first", async (_, content) => {
    const home = await scheduleWith(`${DUE}|out|k|id`);
    await writeLease(home.store, content);
    const seen: SweepEvent[] = [];
    const report = await sweeperOf(home, { observe: (event) => seen.push(event) }).sweep();
    expect(report).toMatchObject({ delivered: 1, requests: { head: 1 } });
    expect(seen.filter(({ type }) => type === "lease-unreadable")).not.toEqual([]);
    expect(await readLease(home.store)).toMatchObject({ holders: [] });
  });

  it("keeps nobody out for longer than a lease lasts, whatever it says", async () => {
    const home = await scheduleWith(`${DUE}|out|k|id`);
    const strangers = Array.from({ length: 300 }, (_, index) => ({
      owner: `stranger-${index}`,
      until: `2027-01-01T00:00:00.${String(index).padStart(3, "0")}Z`,
      expires: index % 2 === 0 ? "9999-12-31T23:59:59.999Z" : "2020-01-01T00:00:00.000Z",
    }));
    await writeLease(home.store, {
      holders: strangers,
      sweptThrough: "9999-12-31T23:59:59.999Z",
      unclean: "9999-12-31T23:59:59.999Z",
    });
    expect(await sweeperOf(home).sweep()).toMatchObject({ delivered: 1, lease: "taken" });
  });

  it("is taken once of many that try at the same time", async () => {
    const home = await scheduleWith(...Array.from({ length: 20 }, (_, i) => `${DUE}|out|${i}|id`));
    const sweepers = Array.from({ length: 8 }, () =>
      createSweeper({ ...home, allowTargets: ["*"] }).sweep(),
    );
    await home.clock.advance("1m");
    const reports = await Promise.all(sweepers);
    const swept = reports.filter((report) => report.outcome === "swept");
    expect(swept.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(20);
    expect(await keysOf(home.store, "out")).toHaveLength(20);
  });

  it("is looked at again after a put without an answer", async () => {
    const home = await scheduleWith(`${DUE}|out|k|id`);
    const after = failFirst("put", 2, storeError("unavailable", "put"));
    const sweeping = sweeperOf({ ...home, store: faultyStore(home.store, { after }) }).sweep();
    await home.clock.advance("10s");
    expect(await sweeping).toMatchObject({ delivered: 1, lease: "taken" });
    expect(await readLease(home.store)).toMatchObject({ holders: [] });
  });

  it("must be readable and writable, else nothing is delivered", async () => {
    const home = await scheduleWith(`${DUE}|out|k|id`);
    for (const kind of ["get", "put"] as const) {
      const error = storeError("denied", kind);
      const before = ({ kind: sent }: { kind: string }) => (sent === kind ? error : undefined);
      const store = faultyStore(home.store, { before });
      await expect(sweeperOf({ ...home, store }).sweep()).rejects.toBe(error);
    }
    expect(await waitingIn(home.store)).toHaveLength(1);
  });
});

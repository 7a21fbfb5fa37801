import { describe, expect, it } from "vitest";
import type { SweepEvent } from "../report/sweep-event.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import type { ObjectStore } from "../store/object-store.js";
import { createSweeper } from "../sweep/create-sweeper.js";
import {
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

/** A schedule with this many due events. */
async function scheduleWith(count: number): Promise<TestSchedule> {
  const schedule = testSchedule();
  for (let index = 0; index < count; index++)
    await writeByHand(schedule.store, `${DUE}|out|${index}|id`);
  return schedule;
}

async function readLease({ store }: TestSchedule): Promise<Record<string, unknown>> {
  const opened = await store.get(LEASE);
  return JSON.parse(await new Response(opened?.body).text());
}

function writeLease({ store }: TestSchedule, content: unknown) {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return store.put(LEASE, new TextEncoder().encode(text));
}

/** The same schedule, whose copies end when `end()` is called. */
function withSlowCopies(schedule: TestSchedule) {
  let end = () => {};
  const gate = new Promise<void>((resolve) => {
    end = resolve;
  });
  const copy: ObjectStore["copy"] = async (...call) => {
    await gate;
    return schedule.store.copy(...call);
  };
  return { slow: { ...schedule, store: { ...schedule.store, copy } }, end };
}

/** A sweeper that may find the lease held. */
const anySweeper = (schedule: TestSchedule) => createSweeper({ ...schedule, allowTargets: ["*"] });

describe("sweepers that share a schedule", () => {
  it("leave after one LIST and one GET of the lease while another one sweeps", async () => {
    const schedule = await scheduleWith(1);
    const { slow, end } = withSlowCopies(schedule);
    const first = sweeperOf(slow, { owner: "host-1" }).sweep();
    await schedule.clock.advance("1s");
    expect(await anySweeper(schedule).sweep()).toMatchObject({
      outcome: "held",
      by: expect.stringMatching(/^host-1\/\w{12}$/),
      expiresAt: new Date("2026-12-24T12:01:00.000Z"),
      requests: { list: 1, get: 2, put: 0, copy: 0 },
    });
    end();
    await schedule.clock.advance("2s");
    expect(await first).toMatchObject({ delivered: 1, lease: "taken" });
  });

  it("wait for the other one, if `whenHeld` says so", async () => {
    const schedule = await scheduleWith(1);
    const { slow, end } = withSlowCopies(schedule);
    const first = sweeperOf(slow).sweep();
    await schedule.clock.advance("1s");
    const second = sweeperOf(schedule).sweep({ whenHeld: "wait" });
    await schedule.clock.advance("7s");
    await writeByHand(schedule.store, `${DUE}|out|later|id`);
    end();
    await schedule.clock.advance("10s");
    expect(await first).toMatchObject({ delivered: 1 });
    expect(await second).toMatchObject({ delivered: 1, lease: "waited" });
  });

  it("wait no longer than their deadline", async () => {
    const schedule = await scheduleWith(1);
    await writeLease(schedule, {
      holders: [{ owner: "other", until: DUE, expires: "2026-12-24T12:01:00.000Z" }],
    });
    const deadline = new Date(schedule.clock.now() + 12_000);
    const sweeping = anySweeper(schedule).sweep({ whenHeld: "wait", deadline });
    await schedule.clock.advance("12s");
    expect(await sweeping).toMatchObject({ outcome: "held", by: "other" });
  });

  it("take over from one that died, a little after its lease has ended", async () => {
    const schedule = await scheduleWith(1);
    const { slow } = withSlowCopies(schedule);
    void sweeperOf(slow, { leaseDuration: "10s" }).sweep({ signal: AbortSignal.timeout(2 ** 30) });
    await schedule.clock.advance("1ms");
    const dead = await readLease(schedule);
    await schedule.clock.advance("3m"); // the dead one renews no more: what it last wrote is put back
    await writeLease(schedule, dead);
    expect(await sweeperOf(schedule).sweep()).toMatchObject({ delivered: 1, lease: "taken" });
  });

  it("find at its target what a dead one had copied, and only delete it", async () => {
    const schedule = testSchedule();
    const { id } = await createScheduler(schedule).schedule({
      at: DUE,
      to: { bucket: "out", key: "k" },
      body: "x",
    });
    await schedule.store.copy(
      { bucket: "schedule", key: `keywhen/pending/${id}` },
      { bucket: "out", key: "k" },
    );
    const until = new Date(schedule.clock.now()).toISOString();
    await writeLease(schedule, { holders: [{ owner: "dead", until, expires: DUE }] });
    const report = await sweeperOf(schedule).sweep();
    expect(report).toMatchObject({ delivered: 0, alreadyDelivered: 1 });
    expect(report.requests).toMatchObject({ head: 1, copy: 0, delete: 1 });
    expect(await waitingIn(schedule.store)).toEqual([]);
    expect(await readLease(schedule)).toMatchObject({ holders: [] });
    expect(await readLease(schedule)).not.toHaveProperty("unclean");
  });

  it("copy again if the target holds the same delivery id of another due instant", async () => {
    const schedule = testSchedule();
    const event = { to: { bucket: "out", key: "k" }, body: "x", deliveryId: "same" };
    const scheduler = createScheduler(schedule);
    const { id } = await scheduler.schedule({ ...event, at: "2026-12-24T12:01Z" });
    await schedule.store.copy(
      { bucket: "schedule", key: `keywhen/pending/${id}` },
      { bucket: "out", key: "k" },
    );
    await scheduler.schedule({ ...event, at: "2026-12-24T12:02Z" });
    await schedule.clock.advance("3m");
    await writeLease(schedule, { holders: [], unclean: "2026-12-24T13:00:00.000Z" });
    expect(await sweeperOf(schedule).sweep()).toMatchObject({ delivered: 1, alreadyDelivered: 1 });
  });

  it("stop copying when the lease is lost, delete what is confirmed, and report it", async () => {
    const schedule = await scheduleWith(200);
    let copies = 0;
    const copy: ObjectStore["copy"] = async (...call) => {
      copies += 1;
      await schedule.clock.sleep(1_000);
      return schedule.store.copy(...call);
    };
    const put: ObjectStore["put"] = async (...call) => {
      if (copies > 0) throw storeError("unavailable", "put", { undecided: false });
      return schedule.store.put(...call);
    };
    const losing = { ...schedule, store: { ...schedule.store, copy, put } };
    const sweeping = sweeperOf(losing, { leaseDuration: "10s", concurrency: 1 }).sweep();
    await schedule.clock.advance("1m");
    const report = await sweeping;
    expect(report).toMatchObject({ lease: "lost", truncated: "lease-lost", undeleted: 0 });
    expect(report.delivered).toBeGreaterThan(0);
    expect(report.delivered).toBeLessThan(9);
    expect(await waitingIn(schedule.store)).toHaveLength(200 - report.delivered);
  });
});

describe("the lease object", () => {
  it("is empty after a sweep, except for how far it came", async () => {
    const schedule = await scheduleWith(1);
    await sweeperOf(schedule).sweep();
    expect(await readLease(schedule)).toEqual({
      holders: [],
      sweptThrough: "2026-12-24T11:59:58.000Z",
      nonce: expect.stringMatching(/^\w{12}$/),
    });
  });

  it("is replaced if it is not a lease, and every due event is looked for first", async () => {
    const schedule = await scheduleWith(1);
    await writeLease(schedule, "<html>");
    const seen: SweepEvent[] = [];
    const report = await sweeperOf(schedule, { observe: (event) => seen.push(event) }).sweep();
    expect(report).toMatchObject({ delivered: 1, requests: { head: 1 } });
    expect(seen.filter(({ type }) => type === "lease-unreadable")).not.toEqual([]);
    expect(await readLease(schedule)).toMatchObject({ holders: [] });
  });

  it("is taken once when many sweepers try at the same time", async () => {
    const schedule = await scheduleWith(20);
    const sweepers = Array.from({ length: 8 }, () => anySweeper(schedule).sweep());
    await schedule.clock.advance("1m");
    const reports = await Promise.all(sweepers);
    const swept = reports.filter((report) => report.outcome === "swept");
    expect(swept.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(20);
    expect(await keysOf(schedule.store, "out")).toHaveLength(20);
  });

  it.each(["get", "put"] as const)("must allow a %s, or nothing is delivered", async (kind) => {
    const schedule = await scheduleWith(1);
    const error = storeError("denied", kind);
    const before = (request: { kind: string }) => (request.kind === kind ? error : undefined);
    const store = faultyStore(schedule.store, { before });
    await expect(sweeperOf({ ...schedule, store }).sweep()).rejects.toBe(error);
    expect(await waitingIn(schedule.store)).toHaveLength(1);
  });
});

import { describe, expect, it } from "vitest";
import { createDeadLetters } from "../dead-letters/dead-letters.js";
import type { SweepEvent } from "../report/sweep-event.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import type { RequestKind } from "../store/object-store-error.js";
import type { Destination } from "../targets/destination.js";
import { passing, slowed } from "../test-support/sweeps.js";
import {
  failFirst,
  keysOf,
  NOON,
  record,
  storeError,
  sweeperOf,
  type TestSchedule,
  testSchedule,
  waitingIn,
} from "../test-support/test-schedule.js";
import { faultyStore } from "../testing/faulty-store.js";
import { manualClock } from "../testing/manual-clock.js";
import type { Duration } from "../time/duration.js";

const TO = { bucket: "out", key: "k" };
const EXPIRING = { in: "1m", to: TO, body: "x", expiresAfter: "10m" } as const;

/** A schedule with an event that is due a minute after noon, and expires ten minutes later. */
async function withExpiring(schedule = testSchedule()) {
  const { id } = await createScheduler(schedule).schedule(EXPIRING);
  return { schedule, id, letterOf: () => createDeadLetters(schedule).get(id) };
}

/** Sweeps while time passes. */
function sweepWhile(schedule: TestSchedule, span: Duration) {
  return passing(schedule, span, sweeperOf(schedule).sweep());
}

/** The first requests of a kind have no answer; `lost`: nor are they carried out. */
function unanswered(schedule: TestSchedule, kind: RequestKind, times = 1, lost = true) {
  const fault = failFirst(kind, times, storeError("unavailable", kind, { undecided: true }));
  return {
    ...schedule,
    store: faultyStore(schedule.store, { [lost ? "before" : "after"]: fault }),
  };
}

const out = ({ store }: TestSchedule) => keysOf(store, "out");

describe("an event that expires", () => {
  it("is delivered as long as it has not expired", async () => {
    const { schedule } = await withExpiring();
    await schedule.clock.advance("11m");
    expect(await sweeperOf(schedule).sweep()).toMatchObject({ delivered: 1, expired: 0 });
    expect(await out(schedule)).toEqual(["k"]);
  });

  it("becomes a dead letter then, and is not delivered", async () => {
    const { schedule, id, letterOf } = await withExpiring();
    await schedule.clock.advance("660001ms");
    const { store, sent } = record(schedule.store);
    const seen: SweepEvent[] = [];
    const observe = (event: SweepEvent) => void seen.push(event);
    const report = await sweeperOf({ ...schedule, store }, { observe }).sweep();
    expect(report).toMatchObject({ due: 1, delivered: 0, expired: 1, dead: 0, retrying: 0 });
    const expiredAt = new Date("2026-12-24T12:11:00.000Z");
    const message = "its delivery had to start by 2026-12-24T12:11:00.000Z";
    expect(seen).toContainEqual({ type: "expired", id, expiredAt, message });
    expect(await letterOf()).toMatchObject({
      id,
      expiresAt: expiredAt,
      diedAt: new Date("2026-12-24T12:11:00.001Z"),
      reason: "expired",
      error: { code: "expired", message },
    });
    expect([await out(schedule), await waitingIn(schedule.store)]).toEqual([[], []]);
    expect(sent.filter((request) => request.includes("out/"))).toEqual([]);
  });

  it("costs no request more than any other while it has time", async () => {
    const requestsOf = async (expiresAfter: "10m" | undefined) => {
      const schedule = testSchedule();
      await createScheduler(schedule).schedule({ ...EXPIRING, expiresAfter });
      await schedule.clock.advance("2m");
      return (await sweeperOf(schedule).sweep()).requests;
    };
    expect(await requestsOf("10m")).toEqual(await requestsOf(undefined));
  });

  it("lets the newer events of its target follow in the same sweep", async () => {
    const { schedule } = await withExpiring();
    await schedule.clock.advance("5m");
    await createScheduler(schedule).schedule({ in: "1m", to: TO, body: "newer" });
    await schedule.clock.advance("7m");
    expect(await sweepWhile(schedule, "30s")).toMatchObject({ delivered: 1, expired: 1 });
    expect([await out(schedule), await waitingIn(schedule.store)]).toEqual([["k"], []]);
  });

  it("expires while it waits for its turn in a sweep that looks ahead", async () => {
    const schedule = testSchedule({ move: false });
    const scheduler = createScheduler(schedule);
    for (const [key, expiresAfter] of [
      ["first", "2s"],
      ["k", "2s"],
      ["late", "10s"],
    ] as const) {
      await scheduler.schedule({ in: "20s", to: { ...TO, key }, expiresAfter });
    }
    const sweeper = sweeperOf(slowed(schedule, "copy", 3_000), { concurrency: 1 });
    const sweeping = sweeper.sweep({ lookAhead: "1m" });
    expect(await passing(schedule, "2m", sweeping)).toMatchObject({ delivered: 2, expired: 1 });
    expect(await out(schedule)).toEqual(["first", "late"]);
  });
});

describe("an event that expires while it is tried", () => {
  it("is not copied again by a retry in the same sweep", async () => {
    const { schedule } = await withExpiring(testSchedule({ move: false }));
    await schedule.clock.advance("659990ms");
    const before = failFirst("copy", 1, storeError("throttled", "copy"));
    const store = faultyStore(schedule.store, { before });
    const report = await sweepWhile({ ...schedule, store }, "30s");
    expect(report).toMatchObject({ delivered: 0, expired: 1 });
    expect(await out(schedule)).toEqual([]);
  });

  it("waits if a copy of it has no answer, and is then looked for", async () => {
    const { schedule, letterOf } = await withExpiring(testSchedule({ move: false }));
    await schedule.clock.advance("10m");
    const lost = unanswered(schedule, "copy");
    await lost.clock.advance("59999ms");
    expect(await sweepWhile(lost, "30s")).toMatchObject({ undecided: 1, expired: 0, delivered: 0 });
    await schedule.clock.advance("6m");
    expect(await sweepWhile(schedule, "30s")).toMatchObject({ expired: 1, delivered: 0 });
    expect([await out(schedule), (await letterOf())?.reason]).toEqual([[], "expired"]);
  });

  it.each([false, true])(
    "counts as delivered if it was, in time, and only its delete is missing (with moves: %s)",
    async (move) => {
      const { schedule, letterOf } = await withExpiring(testSchedule({ move }));
      await schedule.clock.advance("2m");
      const copies = { ...schedule.store.capabilities, move: "none" as const };
      const once = { ...schedule, store: { ...schedule.store, capabilities: copies } };
      const failing = unanswered(once, "delete", 9);
      expect(await sweepWhile(failing, "2m")).toMatchObject({ delivered: 1, undeleted: 1 });
      await schedule.clock.advance("20m");
      expect(await sweepWhile(schedule, "30s")).toMatchObject({ alreadyDelivered: 1, expired: 0 });
      expect(await letterOf()).toBeUndefined();
    },
  );

  it("stays if it can't be moved to the dead letters, and is never delivered", async () => {
    const { schedule, letterOf } = await withExpiring(testSchedule({ move: false }));
    await schedule.clock.advance("12m");
    const lost = unanswered(schedule, "copy");
    expect(await sweepWhile(lost, "30s")).toMatchObject({ undecided: 1, expired: 0 });
    await schedule.clock.advance("4m");
    expect(await sweepWhile(schedule, "30s")).toMatchObject({ expired: 1, delivered: 0 });
    expect([await out(schedule), (await letterOf())?.reason]).toEqual([[], "expired"]);
  });

  it("expires by the store's clock if this machine's is behind, and never by one that is ahead", async () => {
    const { schedule } = await withExpiring();
    const behind = { ...schedule, clock: manualClock("2026-12-24T12:02:00.000Z") };
    const ahead = { ...schedule, clock: manualClock("2026-12-24T12:30:00.000Z") };
    await schedule.clock.advance("2m");
    expect(await sweeperOf(ahead).sweep()).toMatchObject({ truncated: "clock-skew", expired: 0 });
    await schedule.clock.advance("10m");
    expect(await sweeperOf(behind).sweep()).toMatchObject({ delivered: 0, expired: 1 });
    expect(await out(schedule)).toEqual([]);
  });
});

describe("an event of a destination that expires", () => {
  it("is not handed over, and not again if the destination wanted no events", async () => {
    const { schedule } = await withExpiring();
    let calls = 0;
    const deliver: Destination["deliver"] = async () => {
      calls += 1;
      return { outcome: "slow-down", message: "busy", retryAfterMs: 4_000 };
    };
    const sweeper = sweeperOf(schedule, { destinations: { out: { deliver } } });
    await schedule.clock.advance("659s");
    const first = await passing(schedule, "30s", sweeper.sweep());
    expect([first, calls]).toMatchObject([{ expired: 1, delivered: 0, retrying: 0 }, 1]);
    await createScheduler(schedule).schedule(EXPIRING);
    await schedule.clock.advance("12m");
    expect([await sweeper.sweep(), calls]).toMatchObject([{ expired: 1, delivered: 0 }, 1]);
  });
});

describe("a dead letter that expired", () => {
  it("has the whole time again when it is redriven", async () => {
    const { schedule, id } = await withExpiring();
    const dead = createDeadLetters(schedule);
    await schedule.clock.advance("12m");
    await sweeperOf(schedule).sweep();
    const redriven = await dead.redrive(id);
    expect(redriven).toMatchObject({
      outcome: "redriven",
      at: new Date(Date.parse(NOON) + 720_000),
    });
    const newId = redriven.outcome === "redriven" ? redriven.id : "";
    expect(newId).toMatch(/~x600000~[0-9a-f]{8}$/);
    await schedule.clock.advance("9m");
    expect(await sweeperOf(schedule).sweep()).toMatchObject({ delivered: 1, expired: 0 });
    expect(await out(schedule)).toEqual(["k"]);
  });
});

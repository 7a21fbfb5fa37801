import { describe, expect, it } from "vitest";
import type { HeldLease } from "../lease/held-lease.js";
import type { SweepEvent } from "../report/sweep-event.js";
import { memoryStore } from "../store/memory-store.js";
import type { ObjectStore, StoreCapabilities } from "../store/object-store.js";
import { AHEAD, idAt, listedIds } from "../test-support/due-ids.js";
import { otherCodec } from "../test-support/other-codec.js";
import { sweepRun } from "../test-support/sweep-run.js";
import { NOON, storeError, testSchedule, writeByHand } from "../test-support/test-schedule.js";
import { faultyStore } from "../testing/faulty-store.js";
import { manualClock } from "../testing/manual-clock.js";
import { duePages, nextPage } from "./due-pages.js";

const NOON_MS = Date.parse(NOON);

describe("duePages()", () => {
  it("lists what is due by the end of the range, and counts the keys up to there", async () => {
    const schedule = testSchedule();
    const ids = [idAt("11:59:59"), idAt("12:00:00"), idAt("12:00:01")];
    for (const id of [...ids, "2026-12-24 notes"]) await writeByHand(schedule.store, id);
    const seen: SweepEvent[] = [];
    const run = sweepRun(schedule, (event) => seen.push(event));
    expect(await listedIds(run)).toEqual(ids.slice(0, 2));
    expect(seen).toEqual([
      { type: "listed", keys: 3 },
      { type: "unrecognized", key: "keywhen/pending/2026-12-24 notes" },
    ]);
  });

  it("lists the range of its holder, and reports what it meets the first time only", async () => {
    const schedule = testSchedule();
    const ids = [idAt("11:58:59"), idAt("11:59:00"), idAt("12:01:59"), idAt("12:02:00")];
    for (const id of [...ids, "2026-12-24T11:59:30 notes"]) await writeByHand(schedule.store, id);
    const seen: SweepEvent[] = [];
    const run = sweepRun(schedule, (event) => seen.push(event), AHEAD);
    run.lease = { fromMs: NOON_MS - 60_000 } as HeldLease;
    run.isFirstListing = false;
    run.startListing();
    expect(await listedIds(run)).toEqual(ids.slice(1, 3));
    expect(seen).toEqual([]);
  });

  it("leaves out what is outside the range in a format whose keys are not in the order of time", async () => {
    const schedule = testSchedule();
    const early = idAt("11:58:59", "early");
    const late = idAt("12:00:01", "late");
    for (const id of [early, idAt("11:59:00"), late]) await writeByHand(schedule.store, id);
    const run = sweepRun({ ...schedule, codec: otherCodec });
    run.lease = { fromMs: NOON_MS - 60_000 } as HeldLease;
    run.startListing();
    expect(await listedIds(run)).toEqual([idAt("11:59:00")]);
  });

  it("yields no page without events", async () => {
    const schedule = testSchedule();
    await writeByHand(schedule.store, "2026-12-24 notes");
    const pages = duePages(sweepRun(schedule));
    expect(await pages.next()).toEqual({ done: true, value: undefined });
  });

  /** A store five minutes ahead of this machine, and a sweep that looks ahead from two minutes ago. */
  async function storeAhead(clock: StoreCapabilities["clock"]) {
    const storeClock = manualClock("2026-12-24T12:05Z");
    const store = memoryStore({ clock: storeClock, capabilities: { clock } });
    await writeByHand(store, idAt("11:59:00"));
    const schedule = { ...testSchedule(), store };
    const run = sweepRun(schedule, undefined, AHEAD);
    const isUndated = async () => (await duePages(run).next()).value?.[0]?.isUndated;
    return { ...schedule, run, isUndated };
  }

  it("believes the store's time of writing by the store's own clock", async () => {
    const { run, isUndated } = await storeAhead("store");
    expect([await isUndated(), run.listing.listedAtStoreMs]).toEqual([
      false,
      Date.parse("2026-12-24T12:05Z"),
    ]);
  });

  it("believes it by this machine's clock if the answers carry no time, also when time has passed", async () => {
    const { clock, run, isUndated } = await storeAhead("none");
    expect([await isUndated(), run.listing.listedAtStoreMs]).toEqual([true, undefined]);
    await clock.advance("4m");
    expect(await isUndated()).toBe(false);
    clock.set(NOON);
    expect(await isUndated()).toBe(true);
  });

  it("takes its own start for the store's time if both read one clock", async () => {
    const { clock, run, isUndated } = await storeAhead("shared");
    await clock.advance("1m");
    await isUndated();
    expect(run.listing.listedAtStoreMs).toBe(NOON_MS);
  });

  it("keeps the store's time of the first page", async () => {
    const schedule = testSchedule();
    const list: ObjectStore["list"] = async (page, call) => {
      const answer = await schedule.store.list({ ...page, limit: 1 }, call);
      await schedule.clock.advance("5s");
      return answer;
    };
    for (const time of ["11:58:00", "11:59:00"]) await writeByHand(schedule.store, idAt(time));
    const run = sweepRun({ ...schedule, store: { ...schedule.store, list } });
    expect(await listedIds(run)).toHaveLength(2);
    expect([run.listing.pagesRead, run.listing.listedAtStoreMs]).toEqual([2, NOON_MS]);
  });
});

describe("nextPage()", () => {
  /** Two pages of one event each. One can't be read. */
  async function brokenAt(page: number, error: Error, options = {}) {
    const schedule = testSchedule();
    for (const time of ["11:58:00", "11:59:00"]) await writeByHand(schedule.store, idAt(time));
    let lists = 0;
    const before = ({ kind }: { kind: string }) => {
      if (kind !== "list") return undefined;
      lists += 1;
      return lists === page ? error : undefined;
    };
    const paged: ObjectStore["list"] = (range, call) =>
      schedule.store.list({ ...range, limit: 1 }, call);
    const store = faultyStore({ ...schedule.store, list: paged }, { before });
    const seen: string[] = [];
    const run = sweepRun({ ...schedule, store }, ({ type }) => seen.push(type), options);
    const pages = duePages(run);
    return { run, seen, next: () => nextPage(run, pages) };
  }

  const denied = storeError("denied", "list");

  it("throws if nothing at all can be listed", async () => {
    const { run, seen, next } = await brokenAt(1, denied);
    await expect(next()).rejects.toBe(denied);
    expect([seen, run.listing.hasFailed]).toEqual([[], true]);
  });

  it("ends a plain sweep's admissions if a later page can't be read, and reports that", async () => {
    const { run, seen, next } = await brokenAt(2, denied);
    expect(await next()).toHaveLength(1);
    expect(await next()).toBeUndefined();
    expect([run.shutdown.reason, run.shutdown.startSignal.aborted]).toEqual(["list-failed", false]);
    expect(seen).toEqual(["listed", "list-failed"]);
  });

  it("leaves it to the next listing of a sweep that looks ahead", async () => {
    const { run, seen, next } = await brokenAt(2, denied, AHEAD);
    await next();
    expect(await next()).toBeUndefined();
    expect([run.shutdown.reason, seen]).toEqual([false, ["listed", "list-failed"]]);
  });

  it("leaves the first page of a later listing to the next one as well", async () => {
    const { run, next } = await brokenAt(1, denied, AHEAD);
    run.isFirstListing = false;
    expect(await next()).toBeUndefined();
    expect(run.shutdown.reason).toBe(false);
  });

  it("throws a mistake that each listing would meet", async () => {
    const error = Object.assign(new Error("wrong region"), { code: "invalid-option" });
    const { next } = await brokenAt(2, error, AHEAD);
    await next();
    await expect(next()).rejects.toBe(error);
  });

  it("reports no failure once the sweep ends", async () => {
    const { run, seen, next } = await brokenAt(1, denied);
    run.shutdown.stop("deadline");
    expect(await next()).toBeUndefined();
    expect([run.shutdown.reason, seen]).toEqual(["deadline", []]);
  });
});

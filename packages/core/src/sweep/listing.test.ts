import { describe, expect, it } from "vitest";
import type { ObjectStore } from "../store/object-store.js";
import { AHEAD, idAt, listedIds } from "../test-support/due-ids.js";
import { sweepRun } from "../test-support/sweep-run.js";
import { NOON, testSchedule, writeByHand } from "../test-support/test-schedule.js";
import { duePages } from "./due-pages.js";
import { admitPages, requireClock, sweptThroughMsOf } from "./listing.js";
import type { TableRunner } from "./run-table.js";
import type { SweepRun } from "./sweep-run.js";

const NOON_MS = Date.parse(NOON);

describe("admitPages()", () => {
  const times = ["11:56:00", "11:57:00", "11:58:00", "11:59:00"];

  /** Two pages of two events; `admit` gets the number of each event and returns whether it has room. */
  async function admitting(admit: (event: number, run: SweepRun) => boolean, options = {}) {
    const schedule = testSchedule();
    for (const time of times) await writeByHand(schedule.store, idAt(time));
    const list: ObjectStore["list"] = (range, call) =>
      schedule.store.list({ ...range, limit: 2 }, call);
    const run = sweepRun({ ...schedule, store: { ...schedule.store, list } }, undefined, options);
    let admitted = 0;
    const ended: string[] = [];
    const runner = {
      hasRoom: true,
      admit: () => admit(++admitted, run),
      pump: () => {},
      table: { endListing: () => ended.push("ended"), refill: { isWorthIt: false } },
    };
    await admitPages(run, runner as unknown as TableRunner, duePages(run));
    const { isComplete, lastAdmitted } = run.listing;
    return { run, admitted, isComplete, lastId: lastAdmitted?.id, ended };
  }

  it("admits every page, and then has listed everything", async () => {
    expect(await admitting(() => true)).toMatchObject({
      admitted: 4,
      isComplete: true,
      lastId: idAt("11:59:00"),
      ended: ["ended"],
    });
  });

  it("ends with the first event that has no room, and remembers the last whole page", async () => {
    expect(await admitting((event) => event < 4)).toMatchObject({
      admitted: 4,
      isComplete: false,
      lastId: idAt("11:57:00"),
      ended: [],
    });
  });

  it("reads no page after the sweep was stopped, and knows that it has not seen everything", async () => {
    const stopped = await admitting((event, { shutdown }) => {
      if (event === 2) shutdown.stop("deadline");
      return true;
    });
    expect(stopped).toMatchObject({ admitted: 2, isComplete: false, ended: [] });
    const { run } = stopped;
    const left = { unattemptedSinceMs: undefined, isNothingUntried: true, uncertainMs: undefined };
    expect(sweptThroughMsOf(run, left)).toBe(NOON_MS - 3 * 60_000 - 1);
  });

  it("stops a sweep that looks ahead with a clock that is behind, and no other one", async () => {
    const beBehind = (_: number, { clock }: SweepRun) => {
      const sentAt = { wallMs: 0, monotonicMs: 0 };
      clock.compare({ aheadMs: -60_000, tookMs: 0, dateErrorMs: 0, sentAtStoreMs: 0, sentAt });
      return true;
    };
    const ahead = await admitting(beBehind, AHEAD);
    expect([ahead.run.shutdown.reason, ahead.isComplete]).toEqual(["clock-skew", false]);
    const plain = await admitting(beBehind);
    expect([plain.run.shutdown.reason, plain.isComplete]).toEqual([false, true]);
  });

  it("admits nothing in a sweep that looks ahead if no answer has carried the store's time", async () => {
    const schedule = testSchedule();
    await writeByHand(schedule.store, idAt("11:59:00"));
    const list: ObjectStore["list"] = (range) => schedule.store.list(range);
    const run = sweepRun({ ...schedule, store: { ...schedule.store, list } }, undefined, AHEAD);
    const runner = { admit: () => expect.fail("is admitted") };
    const admitted = admitPages(run, runner as unknown as TableRunner, duePages(run));
    await expect(admitted).rejects.toMatchObject({ code: "unexpected", operation: "list" });
  });
});

describe("requireClock()", () => {
  it("throws if no answer has carried the time of a store that has one", async () => {
    const run = sweepRun(testSchedule());
    expect(() => requireClock(run)).toThrow(
      expect.objectContaining({
        code: "unexpected",
        undecided: false,
        operation: "list",
        bucket: "schedule",
        key: "keywhen/pending/",
      }),
    );
    await listedIds(run);
    expect(() => requireClock(run)).not.toThrow();
  });

  it("needs no time of a store without one", () => {
    expect(() => requireClock(sweepRun(testSchedule({ clock: "shared" })))).not.toThrow();
    expect(() => requireClock(sweepRun(testSchedule({ clock: "none" })))).not.toThrow();
  });
});

import { describe, expect, it } from "vitest";
import type { SweepEvent } from "../report/sweep-event.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import { passing, slowed } from "../test-support/sweeps.js";
import {
  type TestSchedule,
  testSchedule,
  waitingIn,
  watch,
  writeByHand,
} from "../test-support/test-schedule.js";
import { createSweeper } from "./create-sweeper.js";

const LEASE = { bucket: "schedule", key: "keywhen/lease/sweep.json" };
const AHEAD = { lookAhead: "1m" } as const;
const iso = (time: string) => `2026-12-24T${time}Z`;

describe("sweeps that look ahead side by side", () => {
  const sweeper = (home: TestSchedule, observe?: (event: SweepEvent) => void) =>
    createSweeper({ ...home, allowTargets: ["*"], observe });

  it("hand over without a gap and without a double, whenever they are woken", {
    tags: ["slow"],
  }, async () => {
    const home = testSchedule();
    const { delivered, observe } = watch(home);
    const ids = Array.from({ length: 600 }, (_, index) => {
      const at = new Date(home.clock.now() + index * 500).toISOString();
      return `${at}|out|${index}|id`;
    });
    for (const id of ids) await writeByHand(home.store, id);
    const reports: Promise<unknown>[] = [];
    for (const seconds of [13, 59, 48, 61, 57] as const) {
      await home.clock.advance(`${seconds}s`);
      reports.push(sweeper(home, observe).sweep(AHEAD));
    }
    await home.clock.advance("5m");
    await Promise.all(reports);
    expect(await waitingIn(home.store)).toEqual([]);
    expect(delivered).toHaveLength(600);
    const late = delivered.filter((line) => !line.endsWith("+0"));
    expect(late.length).toBeLessThanOrEqual(27); // what was due before the first one woke
  });

  it("leave if the range of another sweep reaches as far already", async () => {
    const home = testSchedule();
    const first = sweeper(home).sweep(AHEAD);
    await home.clock.advance("30s");
    expect(await sweeper(home).sweep(AHEAD)).toMatchObject({ outcome: "held" });
    expect(await sweeper(home).sweep()).toMatchObject({ outcome: "swept", due: 0, lease: "none" });
    await home.clock.advance("2m");
    await first;
  });

  it("take over what a dead one below has left, and look for what it may have copied", async () => {
    const home = testSchedule();
    const scheduler = createScheduler(home);
    const to = (key: string) => ({ bucket: "out", key });
    await scheduler.schedule({ at: iso("12:01:20.000"), to: to("low") });
    const { id } = await scheduler.schedule({ at: iso("12:01:10.000"), to: to("copied") });
    await scheduler.schedule({ at: iso("12:02:30.000"), to: to("high") });
    await home.store.copy({ bucket: "schedule", key: `keywhen/pending/${id}` }, to("copied"));
    const dead = { owner: "dead", until: iso("12:02:00.000"), expires: iso("12:01:25.000") };
    const lease = new TextEncoder().encode(JSON.stringify({ holders: [dead] }));
    await home.store.put(LEASE, lease);
    await home.clock.advance("65s"); // 12:01:05: the entry of the dead sweep still counts
    const { delivered, observe } = watch(home);
    expect(await passing(home, "2m", sweeper(home, observe).sweep(AHEAD))).toMatchObject({
      delivered: 2,
      alreadyDelivered: 1,
    });
    expect(delivered[0]).toBe("12:01:30.000 low +10000"); // the first poll after its end
    expect(delivered[1]).toBe("12:02:30.000 high +0");
  });

  it("never start what belongs to the one below", async () => {
    const home = testSchedule();
    await writeByHand(home.store, `${iso("12:00:50.000")}|out|low|id`);
    const first = sweeper(slowed(home, "list", 1_000)).sweep(AHEAD);
    await home.clock.advance("61s");
    const second = sweeper(home).sweep(AHEAD);
    await home.clock.advance("3m");
    const both = [await first, await second];
    expect(both.map((report) => report.outcome === "swept" && report.requests.copy)).toEqual([
      1, 0,
    ]);
  });
});

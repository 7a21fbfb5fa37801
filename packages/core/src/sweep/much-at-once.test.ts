import { describe, expect, it } from "vitest";
import type { SweepEvent } from "../report/sweep-event.js";
import { slowed } from "../test-support/sweeps.js";
import { sweeperOf, testSchedule, watch, writeByHand } from "../test-support/test-schedule.js";

const AHEAD = { lookAhead: "1m" } as const;
const iso = (time: string) => `2026-12-24T${time}Z`;

describe("a sweep that looks ahead on many events", () => {
  it("starts a burst at its instant", async () => {
    const home = testSchedule();
    for (let index = 0; index < 300; index++) {
      await writeByHand(home.store, `${iso("12:00:30.000")}|out|${index}|id`);
    }
    const sweeping = sweeperOf(slowed(home, "copy", 10)).sweep(AHEAD);
    await home.clock.advance("2m");
    const report = await sweeping;
    expect(report).toMatchObject({ delivered: 300, concurrencyReached: 64 });
    expect(report.latenessMs).toMatchObject({ min: 0, max: 40 }); // at the store's rate
  });

  it("delivers a backlog without a break, however slow the store is", async () => {
    const home = testSchedule();
    for (let number = 10; number < 40; number++) {
      await writeByHand(home.store, `${iso("11:50:00.000")}|out|${number}|id`);
    }
    const { delivered, observe } = watch(home);
    const sweeper = sweeperOf(slowed(home, "copy", 1_000), { observe, concurrency: 1 });
    const sweeping = sweeper.sweep(AHEAD);
    await home.clock.advance("31s");
    expect(delivered).toHaveLength(30);
    await home.clock.advance("2m");
    expect(await sweeping).toMatchObject({ delivered: 30 });
  });

  it("admits no event twice, however often it lists during a burst", {
    tags: ["slow"],
  }, async () => {
    const home = testSchedule();
    for (let index = 0; index < 3_000; index++) {
      await writeByHand(home.store, `${iso("12:00:10.000")}|out|${index}|id`, "");
    }
    const sweeper = sweeperOf(slowed(home, "copy", 100));
    const sweeping = sweeper.sweep({ ...AHEAD, poll: "500ms" });
    await home.clock.advance("2m");
    const { delivered, gone, due, requests } = await sweeping;
    expect([delivered, gone, due, requests.copy]).toEqual([3_000, 0, 3_000, 3_000]);
  });

  it("keeps ten thousand in memory and lists the rest again as they go", {
    tags: ["slow"],
  }, async () => {
    const home = testSchedule();
    for (let index = 0; index < 12_500; index++) {
      const second = String(10 + Math.floor(index / 400)).padStart(2, "0");
      await writeByHand(home.store, `${iso(`12:00:${second}.000`)}|out|${index}|id`, "");
    }
    const sweeping = sweeperOf(home).sweep(AHEAD);
    await home.clock.advance("2m");
    const report = await sweeping;
    expect(report).toMatchObject({ delivered: 12_500, truncated: false });
    expect(report.latenessMs?.max).toBe(0);
  });

  it("lists the rest again in time, also with rare polls and slow lists", {
    tags: ["slow"],
  }, async () => {
    const home = testSchedule();
    for (let index = 0; index < 12_000; index++) {
      const atMs = home.clock.now() + 20_000 + Math.floor(index / 100) * 200;
      await writeByHand(home.store, `${new Date(atMs).toISOString()}|out|${index}|id`, "");
    }
    const sweeping = sweeperOf(slowed(home, "list", 300)).sweep({ ...AHEAD, poll: "1m" });
    await home.clock.advance("121s");
    const report = await sweeping;
    expect(report).toMatchObject({ delivered: 12_000, truncated: false });
    expect(report.latenessMs?.max).toBe(0);
  });

  it("starts an older event whose instant has come before the due events of a listing, also without free slots", async () => {
    const home = testSchedule();
    for (let index = 0; index < 1_200; index++) {
      await writeByHand(home.store, `${iso("12:00:10.000")}|out|${index}|id`, "");
    }
    const older = `${iso("12:00:10.500")}|out|k|older`;
    await writeByHand(home.store, older);
    const inOrder: string[] = [];
    const observe = (event: SweepEvent) => {
      if (event.type === "delivered" && event.to.key === "k") inOrder.push(event.id);
    };
    const sweeper = sweeperOf(slowed(home, "copy", 1_000), { observe });
    const sweeping = sweeper.sweep({ ...AHEAD, poll: "2s" });
    await home.clock.advance("11s");
    const newer = `${iso("12:00:10.600")}|out|k|newer`;
    await writeByHand(home.store, newer);
    await home.clock.advance("2m");
    expect(await sweeping).toMatchObject({ delivered: 1_202, blocked: 0 });
    expect(inOrder).toEqual([older, newer]);
  });
});

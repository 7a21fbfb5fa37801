import { describe, expect, it } from "vitest";
import type { SweepEvent } from "../report/sweep-event.js";
import { sweeperOf, testSchedule, writeByHand } from "../test-support/test-schedule.js";
import { recordingStore } from "../testing/faulty-store.js";

const DUE = "2026-12-24T11:59:30.000Z";

describe("a copy larger than the time that is left", () => {
  it("is left and says why, while the others are delivered", async () => {
    const home = testSchedule();
    await writeByHand(home.store, `${DUE}|out|large|id`);
    await writeByHand(home.store, `${DUE}|out|small|id`);
    const store = {
      ...home.store,
      list: async (...call: Parameters<typeof home.store.list>) => {
        const page = await home.store.list(...call);
        const grow = (key: string) => (key.includes("large") ? 2e9 : 10);
        return { ...page, objects: page.objects.map((one) => ({ ...one, size: grow(one.key) })) };
      },
    };
    const seen: SweepEvent[] = [];
    const sweeper = sweeperOf({ ...home, store }, { observe: (event) => seen.push(event) });
    const deadline = new Date(home.clock.now() + 60_000);
    expect(await sweeper.sweep({ deadline })).toMatchObject({ delivered: 1, retrying: 1 });
    const [left] = seen.filter((event) => event.type === "failed");
    expect(left?.error.message).toContain("can take 100 s, this sweep has 58 s left");
  });

  it("is not what a host meets that was frozen past its deadline: there nothing counts as tried", async () => {
    const home = testSchedule();
    await writeByHand(home.store, `${DUE}|out|k|id`);
    await home.clock.advance("10s");
    let sleptMs = 0;
    const clock = { ...home.clock, monotonic: () => home.clock.monotonic() + sleptMs };
    const store = recordingStore(home.store, ({ kind }) => {
      if (kind === "put") sleptMs = 20_000; // and its timers have not told yet
    });
    const deadline = new Date(home.clock.now() + 15_000);
    const report = await sweeperOf({ ...home, clock, store }).sweep({ deadline });
    expect(report).toMatchObject({ truncated: "deadline", retrying: 0, delivered: 0 });
    await home.clock.advance("10s");
    expect(await sweeperOf(home).sweep()).toMatchObject({ delivered: 1, requests: { head: 0 } });
  });
});

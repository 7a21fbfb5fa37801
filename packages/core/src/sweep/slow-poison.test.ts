import { describe, expect, it } from "vitest";
import type { SweepEvent } from "../report/sweep-event.js";
import type { ObjectStore } from "../store/object-store.js";
import {
  storeError,
  sweeperOf,
  type TestSchedule,
  testSchedule,
  writeByHand,
} from "../test-support/test-schedule.js";
import { createSweeper } from "./create-sweeper.js";

const DUE = "2026-12-24T11:58:00.000Z";
const LATER = "2026-12-24T11:59:00.000Z";

/** Its copies to the bucket `hangs` are never answered, as long as `state.hangs`. */
function hangingStore({ store, clock }: TestSchedule) {
  const state = { hangs: true };
  const copy: ObjectStore["copy"] = async (from, to, options) => {
    if (to.bucket !== "hangs" || !state.hangs) return store.copy(from, to, options);
    await clock.sleep(60_000, { signal: options?.signal });
    throw storeError("aborted", "copy", { undecided: true });
  };
  return { state, store: { ...store, copy } };
}

async function homeWithPoison(poison: number, healthy: number) {
  const home = testSchedule();
  for (let number = 0; number < poison; number++) {
    await writeByHand(home.store, `${DUE}|hangs|${number}|id`, "");
  }
  for (let number = 0; number < healthy; number++) {
    await writeByHand(home.store, `${LATER}|out|${number}|id`, "");
  }
  return home;
}

/** How many of a bucket's events were delivered. */
function deliveredTo(bucket: string) {
  const counted = { count: 0 };
  const observe = (event: SweepEvent) => {
    if (event.type === "delivered" && event.to.bucket === bucket) counted.count += 1;
  };
  return { counted, observe };
}

describe("ten thousand events for a bucket that doesn't answer", { tags: ["slow"] }, () => {
  it("keep the others waiting until the first tries have ended, and never again", async () => {
    const home = await homeWithPoison(10_000, 500);
    const { store } = hangingStore(home);
    const { counted, observe } = deliveredTo("out");
    const sweeper = sweeperOf({ ...home, store }, { observe });
    const first = sweeper.sweep({ deadline: "2026-12-24T12:00:50Z" });
    await home.clock.advance("20s");
    expect(counted.count).toBe(500);
    await home.clock.advance("40s");
    const report = await first;
    expect(report).toMatchObject({ delivered: 500, truncated: "deadline" });
    for (let number = 0; number < 300; number++) {
      await writeByHand(home.store, `${LATER}|out|more ${number}|id`.replace(" ", "%20"), "");
    }
    const second = sweeper.sweep({ deadline: "2026-12-24T12:01:50Z" });
    await home.clock.advance("1s");
    expect(counted.count).toBe(800);
    await home.clock.advance("60s");
    const { delivered, due, retrying, undecided } = await second;
    expect([delivered, due]).toEqual([300, 10_300]);
    // All are reported except those that wait for their turn: at most 500 do.
    expect(due - delivered - retrying - undecided).toBeLessThanOrEqual(500);
  });

  it("are delivered when it answers again", async () => {
    const home = await homeWithPoison(2_000, 0);
    const { state, store } = hangingStore(home);
    const { counted, observe } = deliveredTo("hangs");
    const sweeper = sweeperOf({ ...home, store }, { observe });
    const first = sweeper.sweep({ deadline: "2026-12-24T12:00:50Z" });
    await home.clock.advance("60s");
    const { retrying, undecided, due, delivered } = await first;
    expect(delivered).toBe(0);
    expect(retrying + undecided).toBeLessThan(due); // some wait for their turn still
    state.hangs = false;
    const sweeping = createSweeper({ ...home, store, observe, allowTargets: ["*"] }).start();
    await home.clock.advance("5m");
    await Promise.all([sweeping.stop(), home.clock.advance("10s")]);
    expect(counted.count).toBe(2_000);
  });
});

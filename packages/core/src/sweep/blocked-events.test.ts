import { describe, expect, it } from "vitest";
import { scheduleWith, storeError, sweeperOf } from "../test-support/test-schedule.js";
import { faultyStore } from "../testing/faulty-store.js";

const OLDER = "2026-07-01T08:00:00.000Z|out|k|older";
const NEWER = "2026-07-01T08:00:01.000Z|out|k|newer";

describe("a newer event of a target", () => {
  it("is blocked if the older one was copied and can't be deleted", async () => {
    const home = await scheduleWith([OLDER, NEWER]);
    const store = faultyStore(home.store, {
      before: ({ kind }) => (kind === "delete" ? storeError("unexpected", "delete") : undefined),
    });
    const sweeping = sweeperOf({ ...home, store }).sweep();
    await home.clock.advance("1m");
    expect(await sweeping).toMatchObject({ delivered: 1, undeleted: 1, blocked: 1 });
  });

  it("is blocked if the older one becomes a dead letter", async () => {
    const home = await scheduleWith([OLDER, NEWER]);
    await home.clock.advance("2d");
    const store = faultyStore(home.store, {
      before: ({ kind }) => (kind === "copy" ? storeError("denied", "copy") : undefined),
    });
    const sweeper = sweeperOf({ ...home, store });
    const reports = [];
    for (let sweeps = 0; sweeps < 3; sweeps++) {
      const sweeping = sweeper.sweep();
      await home.clock.advance("1h");
      reports.push(await sweeping);
    }
    expect(reports).toMatchObject([{ retrying: 1, blocked: 1 }, { blocked: 1 }, {}]);
  });
});

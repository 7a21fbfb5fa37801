import { existsSync } from "node:fs";
import { join } from "node:path";
import { createScheduler, createSweeper } from "@keywhen/core";
import { systemClock } from "@keywhen/core/internal";
import { describe, expect, it } from "vitest";
import { filesIn, temporaryFolder } from "../fixtures/temporary-store.js";
import { fsStore } from "./fs-store.js";

const TO = { bucket: "out", key: "a" };

/** The folder as another machine sees it, whose clock is ahead by so many seconds. */
function homeOn(folder: string, aheadSeconds: number, sharedBetweenMachines = true) {
  const store = fsStore({ folder, createBuckets: true, sharedBetweenMachines });
  const clock = { ...systemClock, now: () => Date.now() + aheadSeconds * 1_000 };
  return { store, clock, bucket: "schedule" };
}

describe("a folder that several machines share", () => {
  it("has the time of the file system in each answer", async () => {
    const { store } = homeOn(await temporaryFolder(), 0);
    const dates: number[] = [];
    const onDate = (date: Date) => void dates.push(date.getTime());
    const startedMs = Date.now();
    await store.put(TO, new Uint8Array(), { onDate });
    await store.head({ ...TO, key: "missing" }, { onDate });
    await expect(store.get({ bucket: "..", key: "a" }, { onDate })).rejects.toThrow();
    expect(dates).toHaveLength(3);
    for (const date of dates) {
      expect(date).toBeGreaterThan(startedMs - 100);
      expect(date).toBeLessThan(Date.now() + 100);
    }
  });

  it("gives no time while it is missing, and is not made by a reader", async () => {
    const folder = join(await temporaryFolder(), "missing");
    const dates: Date[] = [];
    const onDate = (date: Date) => void dates.push(date);
    expect(await homeOn(folder, 0).store.head(TO, { onDate })).toBeUndefined();
    expect(dates).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  it("is not swept by a machine whose clock is ahead: nothing is early", async () => {
    const folder = await temporaryFolder();
    await createScheduler(homeOn(folder, 0)).schedule({ in: "1s", to: TO, body: "x" });
    const ahead = homeOn(folder, 3);
    const report = await createSweeper({ ...ahead, allowTargets: ["out/*"] }).sweep();
    expect(report).toMatchObject({ delivered: 0, truncated: "clock-skew" });
    expect(await filesIn(folder)).not.toContain("out/a");
  });

  it("refuses a cancellation by a machine whose clock is behind", async () => {
    const folder = await temporaryFolder();
    const { id } = await createScheduler(homeOn(folder, 0)).schedule({ in: "1m", to: TO });
    const behind = createScheduler(homeOn(folder, -3));
    await expect(behind.cancel(id)).rejects.toMatchObject({ code: "clock-skew" });
    expect(await createScheduler(homeOn(folder, 0)).cancel(id)).toMatchObject({
      outcome: "cancelled",
    });
  });

  it("closes an event before another machine may deliver it", async () => {
    const folder = await temporaryFolder();
    const event = { in: "3s", to: TO } as const;
    const shared = createScheduler(homeOn(folder, 0));
    const { id } = await shared.schedule(event);
    expect(await shared.cancel(id)).toMatchObject({ outcome: "too-late" });
    const oneMachine = createScheduler(homeOn(folder, 0, false));
    expect(await oneMachine.cancel(id)).toMatchObject({ outcome: "cancelled" });
  });
});

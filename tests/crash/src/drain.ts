import { setTimeout as sleep } from "node:timers/promises";
import { createSweeper } from "@keywhen/core";
import { recurringWakeUps } from "@keywhen/recurring";
import { LEASE, SCHEDULE, TARGET } from "./store-place.js";
import type { TestBed } from "./test-bed.js";
import { namesUnder } from "./verdict.js";

const LIMIT_MS = 120_000;

/** Sweeps in good order until nothing waits any more, of the keys that count; throws if that takes too long. */
export async function drain(
  bed: TestBed,
  roots: readonly string[],
  counts: (key: string) => boolean = () => true,
): Promise<void> {
  await Promise.all(roots.map((root) => drainRoot(bed, root, counts)));
  await bed.lookedAt();
}

async function drainRoot(
  bed: TestBed,
  root: string,
  counts: (key: string) => boolean,
): Promise<void> {
  const sweeper = createSweeper({
    store: bed.store,
    bucket: SCHEDULE,
    root,
    allowTargets: [`${TARGET}/*`],
    leaseDuration: LEASE,
    wakeUps: recurringWakeUps(),
  });
  const start = performance.now();
  while ((await namesUnder(bed, [root], "pending")).some(counts)) {
    const report = await sweeper.sweep({ whenHeld: "wait" });
    if (report.outcome !== "swept" || report.delivered === 0) await sleep(250);
    if (performance.now() - start > LIMIT_MS) throw new Error(`${root} is not empty in time`);
  }
}

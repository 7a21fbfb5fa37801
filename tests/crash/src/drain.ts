import { setTimeout as sleep } from "node:timers/promises";
import { createSweeper } from "@keywhen/core";
import { LEASE, SCHEDULE, TARGET } from "./store-place.js";
import type { TestBed } from "./test-bed.js";
import { namesUnder } from "./verdict.js";

const LIMIT_MS = 120_000;

/** Sweeps in good order until nothing waits any more; throws if that takes too long. */
export async function drain(bed: TestBed, roots: readonly string[]): Promise<void> {
  await Promise.all(roots.map((root) => drainRoot(bed, root)));
  await bed.lookedAt();
}

async function drainRoot(bed: TestBed, root: string): Promise<void> {
  const sweeper = createSweeper({
    store: bed.store,
    bucket: SCHEDULE,
    root,
    allowTargets: [`${TARGET}/*`],
    leaseDuration: LEASE,
  });
  const start = performance.now();
  while ((await namesUnder(bed, [root], "pending")).length > 0) {
    const report = await sweeper.sweep({ whenHeld: "wait" });
    if (report.outcome !== "swept" || report.delivered === 0) await sleep(250);
    if (performance.now() - start > LIMIT_MS) throw new Error(`${root} is not empty in time`);
  }
}

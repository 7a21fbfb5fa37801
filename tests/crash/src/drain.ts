import { setTimeout as sleep } from "node:timers/promises";
import { createSweeper, type SweeperOptions } from "@keywhen/core";
import { recurringWakeUps } from "@keywhen/recurring";
import { LEASE, SCHEDULE, TARGET } from "./store-place.js";
import type { TestBed } from "./test-bed.js";
import { namesUnder } from "./verdict.js";

interface DrainOptions extends Pick<SweeperOptions, "destinations"> {
  /** Whether a key has to be gone. @default each */
  readonly counts?: ((key: string) => boolean) | undefined;
  /** @default 120_000 */
  readonly limitMs?: number | undefined;
}

/** Sweeps in good order until nothing that counts waits any more; throws if that takes too long. */
export async function drain(
  bed: TestBed,
  roots: readonly string[],
  options: DrainOptions = {},
): Promise<void> {
  await Promise.all(roots.map((root) => drainRoot(bed, root, options)));
  await bed.lookedAt();
}

async function drainRoot(
  bed: TestBed,
  root: string,
  { counts = () => true, destinations, limitMs = 120_000 }: DrainOptions,
): Promise<void> {
  const sweeper = createSweeper({
    store: bed.store,
    bucket: SCHEDULE,
    root,
    allowTargets: [`${TARGET}/*`],
    destinations,
    leaseDuration: LEASE,
    wakeUps: recurringWakeUps(),
  });
  const start = performance.now();
  while ((await namesUnder(bed, [root], "pending")).some(counts)) {
    const report = await sweeper.sweep({ whenHeld: "wait" });
    if (report.outcome !== "swept" || report.delivered === 0) await sleep(250);
    if (performance.now() - start > limitMs) throw new Error(`${root} is not empty in time`);
  }
}

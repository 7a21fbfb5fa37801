import { setTimeout as sleep } from "node:timers/promises";
import { createShards } from "@keywhen/core";
import { drain } from "./drain.js";
import { SCHEDULE } from "./store-place.js";
import { startSweeper } from "./sweeper-child.js";
import type { TestBed } from "./test-bed.js";
import { judge, type Verdict } from "./verdict.js";
import { startWriter } from "./writer.js";

export interface FourSweepersOptions {
  readonly events: number;
  /** Over how many shards the schedule is spread. @default none */
  readonly shards?: number | undefined;
}

const SWEEPERS = 4;
/** Enough that all of them find something due at the same time. */
const BACKLOG = 500;
const LIMIT_MS = 300_000;

/**
 * Runs four sweeper processes on one schedule while events come: nothing may arrive twice. Two of them wait
 * for the holder of the lease, two leave and come again.
 */
export async function fourSweepers(
  bed: TestBed,
  { events, shards }: FourSweepersOptions,
): Promise<Verdict> {
  const { place } = bed;
  const root = shards === undefined ? "four" : "four-sharded";
  if (shards !== undefined) {
    await createShards({ store: bed.store, bucket: SCHEDULE, root }).setShards(shards);
  }
  const sweepers = await Promise.all(
    Array.from({ length: SWEEPERS }, (_, index) =>
      startSweeper({
        place,
        root,
        name: `sweeper-${index}`,
        whenHeld: index % 2 === 0 ? "wait" : "leave",
        pauseMs: 300,
      }),
    ),
  );
  const writer = startWriter(bed, { root, backlog: BACKLOG, most: events, shards });
  for (const sweeper of sweepers) sweeper.start().catch(() => {}); // stop() throws it
  const start = performance.now();
  try {
    await writer.ended;
    while (bed.ledger.outstanding(root) > 0 && performance.now() - start < LIMIT_MS)
      await sleep(50);
  } finally {
    await writer.stop();
    await Promise.all(sweepers.map((sweeper) => sweeper.stop()));
  }
  await drain(bed, [root]);
  const spread = shards === undefined ? "" : ` over ${shards} shards`;
  const run = `four-sweepers${spread}, ${bed.name}`;
  return judge(bed, { run, roots: [root], faults: 0, mayRepeat: () => false });
}

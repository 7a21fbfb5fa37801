import { setTimeout as sleep } from "node:timers/promises";
import type { TestS3Server } from "@keywhen/test-servers";
import type { CephBed } from "./ceph-bed.js";
import { drain } from "./drain.js";
import type { EventRecord } from "./ledger.js";
import { seededRandom } from "./network-faults.js";
import { startSweeper } from "./sweeper-child.js";
import { judge, type Verdict } from "./verdict.js";
import { startWriter } from "./writer.js";

export interface RestartOptions {
  readonly events: number;
  readonly outages: number;
  readonly seed: number;
}

interface Outage {
  readonly downMs: number;
  readonly backMs: number;
}

const ROOT = "restart";
const BACKLOG = 500;
const LONGEST_OUTAGE_MS = 3_000;
const LIMIT_MS = 300_000;

/**
 * The gateway dies and comes back in the middle of a sweep, while events are being scheduled. What was copied
 * when it died may be missing from the notifications, but is at its target.
 */
export async function restartServer(
  bed: CephBed<TestS3Server>,
  options: RestartOptions,
): Promise<Verdict> {
  const { events, seed } = options;
  const name = "sweeper";
  const sweeper = await startSweeper({
    place: bed.place,
    root: ROOT,
    name,
    whenHeld: "wait",
    pauseMs: 100,
  });
  const writer = startWriter(bed, { root: ROOT, backlog: BACKLOG, most: events });
  sweeper.start().catch(() => {}); // stop() throws it
  const outages: Outage[] = [];
  const random = seededRandom(seed);
  try {
    for (let outage = 1; outage <= options.outages; outage++) {
      await untilScheduled(bed, (events * outage) / (options.outages + 1));
      outages.push(await breakDown(bed, random() * LONGEST_OUTAGE_MS));
    }
    await writer.ended;
  } finally {
    await writer.stop();
    await sweeper.stop();
  }
  await drain(bed, [ROOT]);
  const mayRepeat = (record: EventRecord) => outages.some((outage) => isAround(outage, record));
  const faults = outages.length;
  return judge(bed, { run: "restart-server, Ceph", roots: [ROOT], faults, mayRepeat });
}

async function untilScheduled(bed: CephBed, count: number): Promise<void> {
  const start = performance.now();
  while (bed.ledger.events.length < count) {
    if (performance.now() - start > LIMIT_MS) throw new Error("scheduling takes too long");
    await sleep(10);
  }
}

async function breakDown({ gateway }: CephBed<TestS3Server>, forMs: number): Promise<Outage> {
  const downMs = performance.now();
  await gateway.goDown();
  await sleep(forMs);
  await gateway.comeBack();
  return { downMs, backMs: performance.now() };
}

/** The first copy was made before the outage and the last one after it: its answer was lost in between. */
function isAround({ downMs, backMs }: Outage, { arrivals }: EventRecord): boolean {
  const [first] = arrivals;
  const last = arrivals.at(-1);
  return first !== undefined && last !== undefined && first.atMs < backMs && last.atMs > downMs;
}

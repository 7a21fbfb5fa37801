import { setTimeout as sleep } from "node:timers/promises";
import { drain } from "./drain.js";
import type { EventRecord } from "./ledger.js";
import { seededRandom } from "./seeded-random.js";
import { type SweeperChild, startSweeper } from "./sweeper-child.js";
import type { TestBed } from "./test-bed.js";
import { judge, type Verdict } from "./verdict.js";
import { startWriter } from "./writer.js";

export interface KillOptions {
  readonly kills: number;
  readonly seed: number;
}

/** As many schedules, each with one sweeper at a time. */
const LANES = 2;
/** Enough that a sweeper always has something to do. */
const BACKLOG = 200;
/** Long enough for a copy, its place in a batch of deletes, and the batch's answer. */
const LATEST_KILL_MS = 1_500;
const FIRST_COPY_LIMIT_MS = 2_000;

/**
 * Kills sweeper after sweeper at random moments, while new events come; then sweeps in good order. Whoever
 * made one of two copies of an event must have died of it, but for the last.
 */
export async function killSweepers(bed: TestBed, { kills, seed }: KillOptions): Promise<Verdict> {
  const random = seededRandom(seed);
  const roots = Array.from({ length: LANES }, (_, lane) => `kill-${lane}`);
  const writer = startWriter(bed, { roots, backlog: BACKLOG });
  const killed = new Set<string>();
  try {
    await Promise.all(
      roots.map((root, lane) => {
        const share = Math.floor((kills + lane) / LANES);
        return killInTurn({
          bed,
          root,
          kills: share,
          random,
          onKilled: (name) => killed.add(name),
        });
      }),
    );
  } finally {
    await writer.stop();
  }
  await drain(bed, roots);
  const mayRepeat = (record: EventRecord) => bed.name === "Ceph" && isExplained(record, killed);
  return judge(bed, { run: `kill-sweepers, ${bed.name}`, roots, faults: killed.size, mayRepeat });
}

interface Lane {
  readonly bed: TestBed;
  readonly root: string;
  readonly kills: number;
  readonly random: () => number;
  readonly onKilled: (name: string) => void;
}

async function killInTurn({ bed, root, kills, random, onKilled }: Lane): Promise<void> {
  const { place } = bed;
  const open = (turn: number) =>
    startSweeper({ place, root, name: `${root}-sweeper-${turn}`, pauseMs: 20 });
  let next: Promise<SweeperChild> = open(0);
  for (let turn = 1; turn <= kills; turn++) {
    const current = await next;
    next = open(turn); // warm by the time that this one dies
    next.catch(() => {}); // told when it is waited for
    await Promise.race([current.start(), sleep(FIRST_COPY_LIMIT_MS)]);
    await sleep(random() * LATEST_KILL_MS);
    await current.kill();
    onKilled(current.name);
  }
  await (await next).kill();
}

/** Each copy has another maker, and all of them but one were killed. */
function isExplained({ arrivals }: EventRecord, killed: ReadonlySet<string>): boolean {
  const makers = new Set(arrivals.map(({ maker }) => maker));
  const living = [...makers].filter((maker) => maker === undefined || !killed.has(maker));
  return makers.size === arrivals.length && living.length <= 1;
}

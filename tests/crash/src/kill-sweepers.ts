import { setTimeout as sleep } from "node:timers/promises";
import { drain } from "./drain.js";
import type { EventRecord, TargetRecord } from "./ledger.js";
import { seededRandom } from "./network-faults.js";
import { type SweeperChild, startSweeper } from "./sweeper-child.js";
import type { TestBed } from "./test-bed.js";
import { judge, type Verdict } from "./verdict.js";
import { startWriter } from "./writer.js";

export interface KillOptions {
  readonly kills: number;
  readonly seed: number;
  /** Events on their way in each schedule: enough that a sweeper always has something to do. @default 24 */
  readonly backlog?: number | undefined;
}

/** This many schedules recover side by side: each waits most of the time for the lease of a killed sweeper to end. */
const LANES = 8;
/** Long enough for a copy, its place in a batch of deletes, and the batch's answer. */
const LATEST_KILL_MS = 1_500;
const FIRST_COPY_LIMIT_MS = 60_000;

/** Consumers take every other copy away: whether a copy is at its target matters after a crash. */
export function isOdd({ number }: TargetRecord): boolean {
  return number % 2 === 1;
}

/**
 * Kills sweeper after sweeper at random moments, while new events come; then sweeps in good order. The consumers of the bed must
 * take only the odd events. The even ones may not arrive twice; of several copies of an odd one, all makers but one must have
 * been killed.
 */
export async function killSweepers(
  bed: TestBed,
  { kills, seed, backlog = 24 }: KillOptions,
): Promise<Verdict> {
  const lanes = Array.from({ length: Math.min(LANES, kills) }, (_, lane) => ({
    root: `kill-${lane}`,
    kills: Math.floor((kills + lane) / Math.min(LANES, kills)),
    random: seededRandom(seed + lane),
    backlog,
  }));
  const killed = new Set<string>();
  const open = (root: string, turn: number) =>
    startSweeper({
      place: bed.place,
      root,
      name: `${root}-sweeper-${turn}`,
      whenHeld: "wait",
      pauseMs: 250,
    });
  const ready: SweeperChild[] = [];
  for (const { root } of lanes) ready.push(await open(root, 1)); // one by one: starting is hard work
  await Promise.all(
    lanes.map((lane, index) =>
      killInTurn(bed, {
        ...lane,
        open: async (turn) => (turn === 1 ? ready[index] : undefined) ?? open(lane.root, turn),
        onKilled: (name) => killed.add(name),
      }),
    ),
  );
  const roots = lanes.map(({ root }) => root);
  await drain(bed, roots);
  const mayRepeat = (record: EventRecord) =>
    bed.name === "Ceph" && isOdd(record) && isExplained(record, killed);
  return judge(bed, { run: `kill-sweepers, ${bed.name}`, roots, faults: killed.size, mayRepeat });
}

interface Lane {
  readonly root: string;
  readonly kills: number;
  readonly random: () => number;
  readonly backlog: number;
  readonly open: (turn: number) => Promise<SweeperChild>;
  readonly onKilled: (name: string) => void;
}

async function killInTurn(
  bed: TestBed,
  { root, kills, random, backlog, open, onKilled }: Lane,
): Promise<void> {
  const writer = startWriter(bed, { root, backlog, atOnce: 4 });
  try {
    for (let turn = 1; turn <= kills; turn++) {
      const sweeper = await open(turn);
      await Promise.race([sweeper.start(), sleep(FIRST_COPY_LIMIT_MS, undefined, { ref: false })]);
      await sleep(random() * LATEST_KILL_MS);
      await sweeper.kill();
      onKilled(sweeper.name);
    }
  } finally {
    await writer.stop();
  }
}

/** Each copy has another maker, and all of them but one were killed. */
function isExplained({ arrivals }: EventRecord, killed: ReadonlySet<string>): boolean {
  const makers = new Set(arrivals.map(({ maker }) => maker));
  const living = [...makers].filter((maker) => maker === undefined || !killed.has(maker));
  return makers.size === arrivals.length && living.length <= 1;
}

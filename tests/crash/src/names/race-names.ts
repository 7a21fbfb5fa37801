import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type CallerChild, startCallers } from "../caller-child.js";
import { seededRandom } from "../network-faults.js";
import { SCHEDULE } from "../store-place.js";
import type { TestBed } from "../test-bed.js";
import { namesUnder, type Verdict } from "../verdict.js";
import { problemsOf, type WaitingEvent } from "./put-record.js";

export interface RaceNamesOptions {
  readonly puts: number;
  readonly kills: number;
  readonly seed: number;
}

const NAME = "raced/name";
const ROOT = "race";
const PROCESSES = 4;
/** Calls of one process at the same time. */
const AT_ONCE = 2;
/** Half of the kills come at a random moment of this time, the others between the two steps of a put. */
const LONGEST_LIFE_MS = 300;
/** Every process puts the last part of its events without being killed, so that what a killed one left is removed. */
const CALM_PART = 0.1;

/**
 * Lets four processes put events under one name, and kills them at random moments. When all have ended, one event must wait, of
 * a put that was the last one in some order of all of them.
 */
export async function raceNames(bed: TestBed, options: RaceNamesOptions): Promise<Verdict> {
  const { puts, kills, seed } = options;
  const folder = await mkdtemp(join(tmpdir(), "keywhen-names-"));
  try {
    const racing = Array.from({ length: PROCESSES }, (_, index) =>
      race(bed, {
        ...{ folder, index, puts: Math.ceil(puts / PROCESSES) },
        kills: Math.ceil(kills / PROCESSES),
        random: seededRandom(seed + index),
      }),
    );
    const callers = (await Promise.all(racing)).flat();
    return await judge(bed, callers, kills);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Racer {
  readonly folder: string;
  readonly index: number;
  readonly puts: number;
  readonly kills: number;
  readonly random: () => number;
}

/** One process after another. All but the last one are killed. */
async function race(
  bed: TestBed,
  { folder, index, puts, kills, random }: Racer,
): Promise<readonly CallerChild[]> {
  const callers: CallerChild[] = [];
  const start = (most: number) => {
    const label = `${index}.${callers.length}`;
    const { place } = bed;
    const job = { place, root: ROOT, name: NAME, process: label, puts: most, atOnce: AT_ONCE };
    const caller = startCallers({ ...job, file: join(folder, label) });
    callers.push(caller);
    return caller;
  };
  const each = Math.floor((puts * (1 - CALM_PART)) / Math.max(1, kills));
  for (let kill = 0; kill < kills; kill++) {
    const caller = start(Number.MAX_SAFE_INTEGER);
    await caller.hasWritten(2 * each);
    if (kill % 2 === 0) await caller.hasStored();
    else await sleep(random() * LONGEST_LIFE_MS);
    await caller.kill();
  }
  const begun = callers.flatMap((caller) => caller.records()).length;
  await start(Math.max(1, puts - begun)).ended;
  return callers;
}

async function judge(
  bed: TestBed,
  callers: readonly CallerChild[],
  kills: number,
): Promise<Verdict> {
  const puts = callers.flatMap((caller) => caller.records());
  const waiting = await waitingIn(bed);
  const confirmed = puts.filter(({ put }) => put !== undefined);
  return {
    run: `race-names, ${bed.name}`,
    scheduled: confirmed.length,
    unsure: puts.length - confirmed.length,
    cancelled: confirmed.filter(({ put }) => put?.replaced !== undefined).length,
    delivered: 0,
    lost: waiting.length === 0 ? 1 : 0,
    duplicated: Math.max(0, waiting.length - 1),
    dead: 0,
    faults: kills,
    broken: problemsOf(puts, waiting),
  };
}

async function waitingIn(bed: TestBed): Promise<readonly WaitingEvent[]> {
  const keys = await namesUnder(bed, [ROOT], "pending");
  return Promise.all(
    keys.map(async (key) => {
      const opened = await bed.store.get({ bucket: SCHEDULE, key });
      return { id: key.slice(`${ROOT}/pending/`.length), content: await textOf(opened?.body) };
    }),
  );
}

function textOf(body: ReadableStream<Uint8Array> | undefined): Promise<string> {
  return new Response(body).text();
}

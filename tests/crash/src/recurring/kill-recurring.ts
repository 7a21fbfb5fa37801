import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { drain } from "../drain.js";
import type { Arrival } from "../ledger.js";
import { seededRandom } from "../network-faults.js";
import { TARGET } from "../store-place.js";
import { startSweeper } from "../sweeper-child.js";
import type { TestBed } from "../test-bed.js";
import { lookForUntold, namesUnder, type Verdict } from "../verdict.js";
import { type Account, type Accounting, accountFor, type Kill } from "./account.js";
import type { OccurrenceRecord } from "./occurrences.js";
import { createScheduleWriter, type ScheduleWriter } from "./schedule-writer.js";

export interface KillRecurringOptions {
  readonly schedules: number;
  readonly everyMs: number;
  readonly forMs: number;
  readonly seed: number;
  /** What the bed's consumers take away. */
  readonly isConsumed: (record: OccurrenceRecord) => boolean;
}

const ROOT = "recurring";
const SWEEPERS = 3;
/** Half of the kills come within this time after a sweeper's first wake-up. The others come as soon as a copy is seen. */
const LATEST_KILL_MS = 8_000;

/**
 * Three sweepers deliver recurring schedules and are killed in turn, while writers change most schedules. Then everything is
 * swept in good order, and each nominal occurrence is accounted for.
 */
export async function killRecurring(bed: TestBed, options: KillRecurringOptions): Promise<Verdict> {
  const { schedules, everyMs, forMs, seed } = options;
  const writers = await Promise.all(
    Array.from({ length: schedules }, (_, index) =>
      createScheduleWriter(bed, {
        ...{ root: ROOT, schedule: `schedule-${index + 1}`, everyMs },
        random: seededRandom(seed + index),
      }),
    ),
  );
  const signal = AbortSignal.timeout(forMs);
  setMaxListeners(0, signal); // any number waits for it
  const lanes = Array.from({ length: SWEEPERS }, (_, lane) =>
    killInTurn(bed, `sweeper-${lane}`, seededRandom(seed - 1 - lane), signal),
  );
  const written = writers.filter(isRestless).map((writer) => writer.run(signal));
  const [kills] = await Promise.all([Promise.all(lanes), Promise.all(written)]);
  const sweptMs = Date.now();
  await drain(bed, [ROOT], { counts: isOverdue });
  await Promise.all(writers.map((writer) => writer.pause()));
  await drain(bed, [ROOT], { counts: isNoCheck });
  return judgeRecurring(bed, writers, { ...options, kills: kills.flat(), sweptMs });
}

/** One schedule in four is never changed, so that nothing but its wake-ups keeps it going. */
function isRestless(_: ScheduleWriter, index: number): boolean {
  return index % 4 !== 0;
}

/** One sweeper after another, until the signal aborts. */
async function killInTurn(
  bed: TestBed,
  lane: string,
  random: () => number,
  signal: AbortSignal,
): Promise<readonly Kill[]> {
  const kills: Kill[] = [];
  const unlessOver = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {});
  for (;;) {
    const name = `${lane}-${kills.length}`;
    const job = { place: bed.place, root: ROOT, name, whenHeld: "wait", pauseMs: 250 } as const;
    const sweeper = await startSweeper(job);
    const delivered = sweeper.start();
    delivered.catch(() => {}); // stop() throws it
    if (random() < 0.5) await copyOf(bed, name, signal);
    else {
      await Promise.race([delivered, unlessOver(LATEST_KILL_MS * 4)]);
      await unlessOver(random() * LATEST_KILL_MS);
    }
    if (signal.aborted) {
      await sweeper.stop();
      return kills;
    }
    await sweeper.kill();
    kills.push({ name, atMs: performance.now() });
  }
}

/** Resolves when a sweeper's copy is seen, which has yet to complete the wake-up. Files do not show whose copy it is. */
async function copyOf({ ledger }: TestBed, name: string, signal: AbortSignal): Promise<void> {
  const sinceMs = performance.now();
  const isOwn = ({ atMs, maker = name }: Arrival) => atMs > sinceMs && maker === name;
  const isSeen = () => ledger.occurrences.all().some(({ arrivals }) => arrivals.some(isOwn));
  while (!isSeen() && !signal.aborted) await sleep(1);
}

/** Whether the instant of a waiting key has come. */
function isOverdue(key: string): boolean {
  return Date.parse(key.slice(`${ROOT}/pending/`.length).split("|")[0] ?? "") < Date.now();
}

/** A check wake-up whose delete failed waits for five minutes, and is void. */
function isNoCheck(key: string): boolean {
  return !key.includes("@check~");
}

async function judgeRecurring(
  bed: TestBed,
  writers: readonly ScheduleWriter[],
  seen: Pick<Accounting, "kills" | "isConsumed" | "sweptMs">,
): Promise<Verdict> {
  const { occurrences } = bed.ledger;
  await bed.lookedAt();
  const keys = await targetKeys(bed);
  await lookForUntold(
    bed,
    keys.flatMap((key) => occurrences.at(key) ?? []),
  );
  const strangers = keys.filter((key) => occurrences.at(key) === undefined);
  const accounts = writers.map(({ schedule, calls }) => {
    const own = occurrences.all().filter((record) => record.schedule === schedule);
    return accountFor({ ...seen, schedule, calls, records: own });
  });
  const dead = await namesUnder(bed, [ROOT], "dead");
  const total = (count: (account: Account) => number) =>
    accounts.reduce((sum, account) => sum + count(account), 0);
  return {
    run: `kill-recurring, ${bed.name}`,
    scheduled: total(({ nominal }) => nominal),
    unsure: total(({ unsure }) => unsure),
    cancelled: total(({ passedOver }) => passedOver),
    delivered: total(({ delivered }) => delivered),
    lost: total(({ silent }) => silent),
    duplicated: total(({ repeated }) => repeated),
    dead: dead.length,
    faults: seen.kills.length,
    broken: [
      ...accounts.flatMap(({ broken }) => broken),
      ...strangers.map((key) => `no schedule's target: ${key}`),
      ...(dead.length > 0 ? [`${dead.length} are dead letters: ${dead[0]}`] : []),
    ],
  };
}

async function targetKeys({ store }: TestBed): Promise<readonly string[]> {
  const keys: string[] = [];
  for (let more = true; more; ) {
    const page = await store.list({ bucket: TARGET, startAfter: keys.at(-1) });
    keys.push(...page.objects.map(({ key }) => key));
    more = page.more;
  }
  return keys;
}

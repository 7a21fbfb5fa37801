import { setImmediate } from "node:timers/promises";
import type { SweptReport } from "@keywhen/core/internal";
import type { CoreUnderTest } from "../core-under-test.js";
import { prngOf } from "../prng.js";
import { fastTime } from "./fast-time.js";
import { type Partition, partition, WRITES_PER_SECOND } from "./partition.js";
import { shardEvents, type Targets } from "./shard-events.js";
import { shardStore } from "./shard-store.js";
import type { StoreTally } from "./store-tally.js";

export interface Setup {
  readonly events: number;
  /** Each has its own sweeper. */
  readonly shards: number;
  readonly targets: Targets;
  readonly concurrency: number;
  /** What would wait longer in a partition is answered 503. */
  readonly queueMs: number;
  readonly seed: number;
}

export interface Outcome {
  readonly setup: Setup;
  /** Until the last copy, and until the last delete. */
  readonly copiedMs: number;
  readonly drainedMs: number;
  readonly limitMs: number;
  readonly slowDowns: number;
  readonly repeats: number;
  /** Not delivered by this sweep: later ones deliver them. */
  readonly left: number;
  /** Why sweeps ended early, and the same sweeper began another. */
  readonly truncated: readonly string[];
  readonly requests: SweptReport["requests"];
  /** Of the copies from the first tenth to the last one: what it settled at. */
  readonly settledPerSecond: number;
  readonly limitPerSecond: number;
}

const START_MS = Date.parse("2026-12-24T08:00:02Z");
const DUE_MS = Date.parse("2026-12-24T08:00:00Z");

/** Sweeps all due events with core's real code; throws if one is lost. */
export async function runMillion(core: CoreUnderTest, setup: Setup): Promise<Outcome> {
  const { shards, queueMs } = setup;
  const time = fastTime(START_MS);
  const targets = Array.from({ length: shards }, () => partition(queueMs));
  const tally: StoreTally = {
    copies: 0,
    repeats: 0,
    slowDowns: 0,
    lastCopyMs: 0,
    lastDeleteMs: 0,
    perTenth: [],
  };
  const reports: SweptReport[] = [];
  let ended = 0;
  let failure: unknown;
  for (let shard = 0; shard < shards; shard++) {
    sweepShard(core, setup, shard, { time, targets, tally, reports }).then(
      () => {
        ended += 1;
      },
      (error: unknown) => {
        failure = error;
      },
    );
  }
  await setImmediate(); // each has sent its first request
  await time.run(() => ended === shards || failure !== undefined);
  if (failure !== undefined) throw failure;
  return outcomeOf(setup, tally, reports);
}

async function sweepShard(
  core: CoreUnderTest,
  { events, shards, targets: kind, concurrency, queueMs, seed }: Setup,
  shard: number,
  world: {
    readonly time: ReturnType<typeof fastTime>;
    readonly targets: readonly Partition[];
    readonly tally: StoreTally;
    readonly reports: SweptReport[];
  },
): Promise<void> {
  const { time, targets, tally, reports } = world;
  const root = `s${String(shard).padStart(2, "0")}`;
  const count = Math.floor(((shard + 1) * events) / shards) - Math.floor((shard * events) / shards);
  const plan = { shard, count, shards, targets: kind, dueMs: DUE_MS, prefix: `${root}/pending/` };
  const inShard = shardEvents(plan);
  const prng = prngOf(seed, root);
  const nowhere = partition(queueMs);
  const store = shardStore({
    time,
    prng,
    events: inShard,
    source: partition(queueMs),
    targetOf: (key) => targets[inShard.targetOf(key)] ?? nowhere,
    tally,
  });
  const random = (bytes: number) => Uint8Array.from({ length: bytes }, () => prng.between(0, 255));
  const home = { store, bucket: "schedule", root, clock: time.clock, random };
  const sweeper = core.createSweeper({ ...home, allowTargets: ["out/*"], concurrency });
  for (;;) {
    const report = await sweeper.sweep();
    if (report.outcome !== "swept") throw new Error(`shard ${shard} was held`);
    reports.push(report);
    if (report.truncated === false) return;
  }
}

function outcomeOf(setup: Setup, tally: StoreTally, reports: readonly SweptReport[]): Outcome {
  const { events, shards, targets } = setup;
  const requests = { list: 0, head: 0, get: 0, put: 0, copy: 0, move: 0, delete: 0 };
  let left = 0;
  for (const report of reports) {
    for (const kind of Object.keys(requests) as (keyof typeof requests)[]) {
      requests[kind] += report.requests[kind];
    }
    if (report.truncated === false) left += report.retrying + report.undeleted + report.undecided;
  }
  const copied = tally.copies - tally.repeats;
  if (copied + left < events) throw new Error(`${events - copied - left} events are lost`);
  const limitPerSecond = (targets === "one" ? 1 : shards) * WRITES_PER_SECOND;
  return {
    setup,
    copiedMs: tally.lastCopyMs,
    drainedMs: tally.lastDeleteMs,
    limitMs: (events / limitPerSecond) * 1_000,
    limitPerSecond,
    slowDowns: tally.slowDowns,
    repeats: tally.repeats,
    left,
    truncated: reports.flatMap(({ truncated }) => (truncated === false ? [] : [truncated])),
    requests,
    settledPerSecond: settledRate(tally.perTenth, copied),
  };
}

/** Leaves out the first and last tenth, while not all sweepers work. */
function settledRate(perTenth: readonly number[], copies: number): number {
  let seen = 0;
  let counted = 0;
  let tenths = 0;
  for (const count of Array.from(perTenth, (value: number | undefined) => value ?? 0)) {
    if (seen >= 0.1 * copies && seen + count <= 0.9 * copies) {
      counted += count;
      tenths += 1;
    }
    seen += count;
  }
  return tenths === 0 ? 0 : (counted * 10) / tenths;
}

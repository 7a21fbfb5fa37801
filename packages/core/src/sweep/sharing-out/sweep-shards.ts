import { REREAD_MS } from "../../layout/layout-reader.js";
import { placeAt } from "../../layout/place-at.js";
import type { Shard } from "../../layout/shard.js";
import { randomFraction } from "../../random.js";
import { sleepUnlessAborted } from "../../sleep-unless-aborted.js";
import { storeErrorOf } from "../../store/object-store-error.js";
import { createCopySlots } from "../delivering/copy-slots.js";
import type { SweepReport } from "../reporting/sweep-report.js";
import { sweepPlace } from "../sweep-place.js";
import type { SweepOptions, SweepRecord } from "../sweep-run.js";
import { mergeReports } from "./merge-reports.js";
import type { ShardOutcome } from "./shard-outcome.js";

/**
 * One sweep of several shards at once, each with its lease: who is held on one, or can't list it, goes on with the
 * others. Throws only if none could be swept. `readShards` tells the shards again, for a sweep that goes on for long.
 */
export async function sweepShards(
  options: SweepOptions,
  record: SweepRecord,
  shards: readonly Shard[],
  readShards: () => Promise<readonly Shard[]>,
): Promise<SweepReport> {
  const { clock } = options.home;
  const startedMs = clock.monotonic();
  // Who looks ahead must be in every place at once; who sweeps what is due comes to all of them.
  const most = options.ahead === undefined ? options.concurrency : Number.POSITIVE_INFINITY;
  const slots = createCopySlots(options.concurrency);
  const begun = new Set<Shard>();
  const outcomes: ShardOutcome[] = [];
  const waiting: Shard[] = [];
  const running = new Set<Promise<void>>();
  const ended = new AbortController();

  const sweepOne = async (shard: Shard, isFirst: boolean) => {
    const home = placeAt(options.home, shard);
    const own = { ...options, home, slots, places: Math.min(begun.size, most), isFirst };
    const outcome = await outcomeOf(() => sweepPlace(own, record));
    if ("error" in outcome && begun.size > 1)
      record.observed.tell({ type: "shard-failed", shard, ...outcome });
    outcomes.push(outcome);
  };
  const startWaiting = () => {
    while (running.size < most && waiting.length > 0) {
      const shard = waiting.shift();
      const isFirst = options.isFirst && outcomes.length + running.size === 0;
      const job = sweepOne(shard, isFirst).then(() => {
        running.delete(job);
        startWaiting();
      });
      running.add(job);
    }
  };
  const begin = (found: readonly Shard[]) => {
    const fresh = found.filter((shard) => !begun.has(shard));
    for (const shard of fresh) begun.add(shard);
    waiting.push(...fresh);
    startWaiting();
  };

  begin(rotated(shards, options));
  const watching = watchLayout(options, readShards, begin, ended.signal);
  try {
    while (running.size > 0) await Promise.race(running);
  } finally {
    ended.abort();
    await watching;
  }
  const [first] = outcomes;
  if (first !== undefined && begun.size === 1 && begun.has(undefined)) return onlyReport(first);
  return mergeReports(outcomes, record, {
    concurrencyReached: slots.reached,
    durationMs: Math.round(clock.monotonic() - startedMs),
    dryRun: options.dryRun,
  });
}

/** Without shards there is nothing to merge. */
function onlyReport(outcome: ShardOutcome): SweepReport {
  if ("error" in outcome) throw outcome.error;
  return outcome.report;
}

async function outcomeOf(sweepOne: () => Promise<SweepReport>): Promise<ShardOutcome> {
  try {
    return { report: await sweepOne() };
  } catch (caught) {
    return { error: storeErrorOf(caught) };
  }
}

/** Begins somewhere else each time: a sweep with too little time for all of them leaves other ones each time. */
function rotated(shards: readonly Shard[], { home }: SweepOptions): readonly Shard[] {
  if (shards.length === 1) return shards;
  const first = Math.floor(randomFraction(home.random) * shards.length);
  return [...shards.slice(first), ...shards.slice(0, first)];
}

/** Reads the layout again as long as the sweep goes on, and begins with the shards that are new. */
async function watchLayout(
  { home: { clock }, signal }: SweepOptions,
  readShards: () => Promise<readonly Shard[]>,
  begin: (shards: readonly Shard[]) => void,
  ended: AbortSignal,
): Promise<void> {
  while (!ended.aborted && !signal?.aborted) {
    await sleepUnlessAborted(clock, REREAD_MS, ended, signal);
    if (ended.aborted || signal?.aborted) return;
    try {
      begin(await readShards());
    } catch (caught) {
      storeErrorOf(caught); // read again by the next sweep
    }
  }
}

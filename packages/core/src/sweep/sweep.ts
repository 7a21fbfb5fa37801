import { SharedConcurrency } from "../event-table/limits.js";
import { shardName } from "../key/delivery-id.js";
import { randomFraction, sleepUnlessAborted } from "../machine.js";
import type { Schedule } from "../options/schedule.js";
import { createLatenessHistogram } from "../report/lateness.js";
import { mergeReports, type ShardOutcome } from "../report/merge-reports.js";
import type { SafeObserver } from "../report/safe-observer.js";
import type { SweepReport } from "../report/sweep-report.js";
import { guardedStore } from "../requests/guarded-store.js";
import { noRequests, type Requests } from "../requests/wrap-store.js";
import type { Partition, Partitions } from "../shards/partitions.js";
import { REREAD_MS } from "../shards/shard-map-object.js";
import { rethrowUnlessStoreError, storeErrorOf } from "../store/object-store-error.js";
import { Shutdown } from "./shutdown.js";
import { sweepPartition } from "./sweep-partition.js";
import type { PartitionSweepOptions, SweepRecord } from "./sweep-run.js";
import { isOfShard, type SweepShard } from "./sweep-shard.js";

export interface SweepAllOptions extends Omit<PartitionSweepOptions, "partition"> {
  readonly partitions: Partitions;
  /** Which of the partitions; `undefined`: all. */
  readonly shard: SweepShard | undefined;
}

/** Sweeps every partition in which events may wait, once. */
export function sweep(options: SweepAllOptions): Promise<SweepReport> {
  return recorded(options, noRequests(), async (record) => {
    const readOwn = (signal = options.signal) =>
      readPartitions({ ...options, signal }, record.requests);
    const partitions = await untilDeadline(options, readOwn);
    return new PartitionsSweep(options, record, readOwn).sweep(partitions);
  });
}

/** Sweeps one partition once; `requests`: what was sent for it before. */
export function sweepOnePartition(
  options: PartitionSweepOptions,
  requests: Requests,
): Promise<SweepReport> {
  const { shard } = options.partition;
  return recorded(options, requests, async (record) => {
    const report = await sweepPartition(options, record);
    return shard === undefined ? report : { ...report, shard: shardName(shard) };
  });
}

/** Reports to the observer how a sweep ended, well or not. */
async function recorded(
  { observed }: Pick<PartitionSweepOptions, "observed">,
  requests: Requests,
  work: (record: SweepRecord) => Promise<SweepReport>,
): Promise<SweepReport> {
  try {
    return observed.tellReport(
      await work({ observed, requests, lateness: createLatenessHistogram() }),
    );
  } catch (error) {
    observed.tell({ type: "sweep-failed", error });
    throw error;
  }
}

/** If the sweep must end before the partitions are known, it reports of `pending/` that nothing was tried. */
async function untilDeadline(
  options: SweepAllOptions,
  readOwn: (until: AbortSignal) => Promise<readonly Partition[]>,
): Promise<readonly Partition[]> {
  const shutdown = new Shutdown(options.home.clock, options);
  try {
    return await readOwn(shutdown.startSignal);
  } catch (error) {
    if (shutdown.reason === false) throw error;
    return [options.partitions.pending];
  } finally {
    shutdown.close();
  }
}

export interface PartitionsReading {
  readonly home: Schedule;
  readonly partitions: Partitions;
  readonly shard: SweepShard | undefined;
  readonly signal: AbortSignal | undefined;
  readonly observed: SafeObserver;
}

/** Returns the partitions that may contain events now and belong to this shard. */
export async function readPartitions(
  { home, partitions, shard, signal, observed }: PartitionsReading,
  requests: Requests,
): Promise<readonly Partition[]> {
  const store = guardedStore(home.store, home.clock, { requests });
  const onUnreadable = () => observed.tell({ type: "shard-map-unreadable" });
  const all = await partitions.allToSweep({ store, signal, onUnreadable });
  return shard === undefined ? all : all.filter((partition) => isOfShard(partition, shard));
}

/**
 * One sweep of several partitions, each with its lease: if one is held by another sweeper, or can't be listed, the others
 * are swept all the same. Throws only if none could be swept.
 */
class PartitionsSweep {
  readonly #options: SweepAllOptions;
  readonly #record: SweepRecord;
  /** Reads the partitions again, for a sweep that goes on for long. */
  readonly #readPartitions: () => Promise<readonly Partition[]>;
  readonly #sharedConcurrency: SharedConcurrency;
  /** A sweep that looks ahead must be in every partition at once; one of what is due now comes to all of them. */
  readonly #mostRunning: number;
  readonly #begun = new Set<Partition>();
  readonly #waiting: Partition[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #outcomes: ShardOutcome[] = [];

  constructor(
    options: SweepAllOptions,
    record: SweepRecord,
    readPartitions: () => Promise<readonly Partition[]>,
  ) {
    this.#options = options;
    this.#record = record;
    this.#readPartitions = readPartitions;
    this.#sharedConcurrency = new SharedConcurrency(options.concurrency);
    this.#mostRunning =
      options.ahead === undefined ? options.concurrency : Number.POSITIVE_INFINITY;
  }

  async sweep(partitions: readonly Partition[]): Promise<SweepReport> {
    const { clock } = this.#options.home;
    const startedMs = clock.monotonic();
    const ended = new AbortController();
    this.#begin(rotated(partitions, this.#options));
    const watching = this.#watchShardMap(ended.signal);
    try {
      while (this.#running.size > 0) await Promise.race(this.#running);
    } finally {
      ended.abort();
      await watching;
    }
    const [first] = this.#outcomes;
    const isUnsharded = this.#begun.size === 1 && this.#begun.has(this.#options.partitions.pending);
    if (first !== undefined && isUnsharded) return onlyReport(first);
    return mergeReports(this.#outcomes, this.#record, {
      concurrencyReached: this.#sharedConcurrency.reached,
      durationMs: Math.round(clock.monotonic() - startedMs),
      dryRun: this.#options.dryRun,
    });
  }

  #begin(found: readonly Partition[]): void {
    const fresh = found.filter((partition) => !this.#begun.has(partition));
    for (const partition of fresh) this.#begun.add(partition);
    this.#waiting.push(...fresh);
    this.#startWaiting();
  }

  #startWaiting(): void {
    while (this.#running.size < this.#mostRunning) {
      const partition = this.#waiting.shift();
      if (partition === undefined) return;
      const isVeryFirst = this.#outcomes.length + this.#running.size === 0;
      const job = this.#sweepOne(partition, this.#options.isFirst && isVeryFirst).then(() => {
        this.#running.delete(job);
        this.#startWaiting();
      });
      this.#running.add(job);
    }
  }

  async #sweepOne(partition: Partition, isFirst: boolean): Promise<void> {
    const options = {
      ...this.#options,
      partition,
      sharedConcurrency: this.#sharedConcurrency,
      partitionCount: Math.min(this.#begun.size, this.#mostRunning),
      isFirst,
    };
    const outcome = await outcomeOf(() => sweepPartition(options, this.#record));
    if ("error" in outcome && this.#begun.size > 1) {
      this.#record.observed.tell({ type: "shard-failed", shard: partition.shard, ...outcome });
    }
    this.#outcomes.push(outcome);
  }

  /** Reads the shard map again as long as the sweep goes on, and begins with partitions that are new. */
  async #watchShardMap(ended: AbortSignal): Promise<void> {
    const { home, signal } = this.#options;
    while (!ended.aborted && !signal?.aborted) {
      await sleepUnlessAborted(home.clock, REREAD_MS, ended, signal);
      if (ended.aborted || signal?.aborted) return;
      try {
        const found = await this.#readPartitions();
        if (ended.aborted || signal?.aborted) return; // nobody would wait for them
        this.#begin(found);
      } catch (caught) {
        rethrowUnlessStoreError(caught); // the next sweep reads it again
      }
    }
  }
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

/** Starts with another partition each time: sweeps with too little time for all of them leave out different ones. */
function rotated(
  partitions: readonly Partition[],
  { home }: SweepAllOptions,
): readonly Partition[] {
  if (partitions.length === 1) return partitions;
  const first = Math.floor(randomFraction(home.random) * partitions.length);
  return [...partitions.slice(first), ...partitions.slice(0, first)];
}

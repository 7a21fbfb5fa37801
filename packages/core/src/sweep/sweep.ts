import { shardName } from "../key/delivery-id.js";
import { randomFraction, sleepUnlessAborted } from "../machine.js";
import { LatenessHistogram } from "../report/lateness-histogram.js";
import { mergeReports, type ShardOutcome } from "../report/merge-reports.js";
import { addFirst, sweepErrorOf } from "../report/report.js";
import type { SweepEvent } from "../report/sweep-event.js";
import type { SweepError, SweepReport } from "../report/sweep-report.js";
import { guardedStore } from "../requests/guarded-store.js";
import { CheckedClock } from "../requests/store-clock.js";
import { noRequests, type Requests } from "../requests/wrap-store.js";
import type { Partition, Partitions } from "../shards/partitions.js";
import { REREAD_MS } from "../shards/shard-map-object.js";
import { rethrowUnlessStoreError, storeErrorOf } from "../store/object-store-error.js";
import { SharedConcurrency } from "./concurrency.js";
import { Shutdown } from "./shutdown.js";
import { sweepPartition } from "./sweep-partition.js";
import type { PartitionSweepOptions, SweepRecord } from "./sweep-run.js";
import { withJournal } from "./with-journal.js";

/** @inline */
export interface SweepShard {
  /** From 1 to `count`. */
  readonly index: number;
  /** The number of hosts. */
  readonly count: number;
}

export interface PartitionsReading
  extends Pick<PartitionSweepOptions, "schedule" | "observed" | "signal"> {
  readonly partitions: Partitions;
  readonly shard: SweepShard | undefined;
}

export interface SweepAllOptions
  extends Omit<
      PartitionSweepOptions,
      "partition" | "partitionCount" | "sharedConcurrency" | "journal"
    >,
    PartitionsReading {
  readonly writesJournal: boolean;
}

type JournaledOptions = SweepAllOptions & Pick<PartitionSweepOptions, "journal">;

export function sweep(options: SweepAllOptions): Promise<SweepReport> {
  return recorded(options, noRequests(), async (record) => {
    const lost: SweepError[] = [];
    const notify = (event: SweepEvent) => {
      options.observed.notify(event);
      if (event.type === "journal-failed") addFirst(lost, sweepErrorOf(event.type, event.error));
    };
    const requests = () => record.requests;
    const report = await withJournal({ ...options, requests, notify }, async (journal) => {
      const partitions = await readUntilDeadline(options, record.requests);
      return new PartitionsSweep({ ...options, journal }, record).sweep(partitions);
    });
    if (lost.length === 0 || report.outcome === "held") return report;
    return { ...report, errors: [...report.errors, ...lost] };
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

async function recorded(
  { observed }: Pick<PartitionSweepOptions, "observed">,
  requests: Requests,
  work: (record: SweepRecord) => Promise<SweepReport>,
): Promise<SweepReport> {
  try {
    return observed.notifyReport(await work({ requests, lateness: new LatenessHistogram() }));
  } catch (error) {
    observed.notify({ type: "sweep-failed", error });
    throw error;
  }
}

/** Returns `pending/` alone if the sweep must end before the partitions are known; its report says that nothing was tried. */
async function readUntilDeadline(
  options: SweepAllOptions,
  requests: Requests,
): Promise<readonly Partition[]> {
  const shutdown = new Shutdown(new CheckedClock(options.schedule), options);
  try {
    return await readPartitions({ ...options, signal: shutdown.startSignal }, requests);
  } catch (error) {
    if (shutdown.reason === false) throw error;
    return [options.partitions.pending];
  } finally {
    shutdown.close();
  }
}

/** Returns the partitions that may contain events now and belong to this shard. */
export async function readPartitions(
  { schedule, partitions, shard, signal, observed }: PartitionsReading,
  requests: Requests,
): Promise<readonly Partition[]> {
  const store = guardedStore(schedule.store, schedule.clock, { requests });
  const onUnreadable = () => observed.notify({ type: "shard-map-unreadable" });
  const all = await partitions.allToSweep({ store, signal, onUnreadable });
  if (shard === undefined) return all;
  const { index, count } = shard;
  // For each `count`, a partition belongs to exactly one index; `pending/` belongs to the first.
  return all.filter((partition) => (partition.shard ?? 0) % count === index - 1);
}

/** If one partition is held by another sweeper or can't be listed, the others are swept. Throws only if none could be. */
class PartitionsSweep {
  readonly #options: JournaledOptions;
  readonly #record: SweepRecord;
  readonly #sharedConcurrency: SharedConcurrency;
  /** A sweep that looks ahead sweeps every partition at the same time. A plain sweep can sweep one after the other. */
  readonly #mostRunning: number;
  readonly #begun = new Set<Partition>();
  readonly #waiting: Partition[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #outcomes: ShardOutcome[] = [];

  constructor(options: JournaledOptions, record: SweepRecord) {
    const { ahead, concurrency } = options;
    this.#options = options;
    this.#record = record;
    this.#sharedConcurrency = new SharedConcurrency(concurrency);
    this.#mostRunning = ahead === undefined ? concurrency : Number.POSITIVE_INFINITY;
  }

  async sweep(partitions: readonly Partition[]): Promise<SweepReport> {
    const { schedule, dryRun } = this.#options;
    const { clock } = schedule;
    const startedMs = clock.monotonic();
    const ended = new AbortController();
    // Another order each time: sweeps with too little time for all partitions leave out different ones.
    const isShared = partitions.length > 1;
    const first = isShared ? Math.floor(randomFraction(schedule.random) * partitions.length) : 0;
    this.#begin([...partitions.slice(first), ...partitions.slice(0, first)]);
    const watching = this.#watchShardMap(ended.signal);
    try {
      while (this.#running.size > 0) await Promise.race(this.#running);
    } finally {
      ended.abort();
      await watching;
    }
    const [outcome] = this.#outcomes;
    const isUnsharded = this.#begun.size === 1 && this.#begun.has(this.#options.partitions.pending);
    if (outcome !== undefined && isUnsharded) {
      if ("error" in outcome) throw outcome.error;
      return outcome.report;
    }
    return mergeReports(this.#outcomes, this.#record, {
      concurrencyReached: this.#sharedConcurrency.reached,
      durationMs: Math.round(clock.monotonic() - startedMs),
      dryRun,
    });
  }

  #begin(found: readonly Partition[]): void {
    for (const partition of found) {
      if (this.#begun.has(partition)) continue;
      this.#begun.add(partition);
      this.#waiting.push(partition);
    }
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
      partitionCount: Math.min(this.#begun.size, this.#mostRunning),
      sharedConcurrency: this.#sharedConcurrency,
      isFirst,
    };
    try {
      const report = await sweepPartition(options, this.#record);
      this.#outcomes.push({ report });
    } catch (caught) {
      const error = storeErrorOf(caught);
      const { shard } = partition;
      if (this.#begun.size > 1)
        this.#options.observed.notify({ type: "shard-failed", shard, error });
      this.#outcomes.push({ error });
    }
  }

  /** Reads the shard map again as long as the sweep goes on, and begins with partitions that are new. */
  async #watchShardMap(ended: AbortSignal): Promise<void> {
    const { schedule, signal } = this.#options;
    const isOver = () => ended.aborted || signal?.aborted === true;
    while (!isOver()) {
      await sleepUnlessAborted(schedule.clock, REREAD_MS, ended, signal);
      if (isOver()) return;
      try {
        const found = await readPartitions(this.#options, this.#record.requests);
        if (!isOver()) this.#begin(found);
      } catch (caught) {
        rethrowUnlessStoreError(caught); // the next sweep reads it again
      }
    }
  }
}

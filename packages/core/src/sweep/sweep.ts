import { type Shard, shardName } from "../codec/shard.js";
import { SharedConcurrency } from "../event-table/limits.js";
import { type LayoutReader, REREAD_MS } from "../layout/layout-reader.js";
import { placeAt } from "../layout/place-at.js";
import { shardsOf } from "../layout/places.js";
import type { ResolvedHome } from "../options/home.js";
import { randomFraction } from "../random.js";
import { createLatenessHistogram } from "../report/lateness.js";
import { mergeReports, type ShardOutcome } from "../report/merge-reports.js";
import type { SafeObserver } from "../report/safe-observer.js";
import type { SweepReport } from "../report/sweep-report.js";
import { noRequests, type Requests } from "../requests/counted-store.js";
import { limitedStore } from "../requests/limited-store.js";
import { sleepUnlessAborted } from "../sleep-unless-aborted.js";
import { storeErrorOf } from "../store/object-store-error.js";
import { inPart, type Part } from "./part.js";
import { Shutdown } from "./shutdown.js";
import { sweepPartition } from "./sweep-partition.js";
import type { SweepOptions, SweepRecord } from "./sweep-run.js";

export interface SweepAllOptions extends SweepOptions {
  readonly layout: LayoutReader;
  /** Which of the shards; `undefined`: all. */
  readonly part: Part | undefined;
}

/** Sweeps every partition in which events may wait, once. */
export function sweep(options: SweepAllOptions): Promise<SweepReport> {
  return recorded(options, noRequests(), async (record) => {
    const { home, layout, part, signal, observed } = options;
    const readOwn = async (until = signal) => {
      const all = await readShards({ home, layout, signal: until, observed }, record.requests);
      return part === undefined ? all : all.filter((shard) => inPart(shard, part));
    };
    const shards = await untilDeadline(options, readOwn);
    return new PartitionsSweep(options, record, readOwn).sweep(shards);
  });
}

/** Sweeps one shard once; `requests`: what was sent for it before. */
export function sweepShard(
  options: SweepOptions,
  shard: Shard,
  requests: Requests,
): Promise<SweepReport> {
  const partition = { ...options, home: placeAt(options.home, shard) };
  return recorded(options, requests, async (record) => {
    const report = await sweepPartition(partition, record);
    return shard === undefined ? report : { ...report, shard: shardName(shard) };
  });
}

/** Reports to the observer how a sweep ended, well or not. */
async function recorded(
  { observed }: SweepOptions,
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

/** If the sweep must end before the shards are known, it reports of `pending/` that nothing was tried. */
async function untilDeadline(
  options: SweepAllOptions,
  readOwn: (until: AbortSignal) => Promise<readonly Shard[]>,
): Promise<readonly Shard[]> {
  const shutdown = new Shutdown(options.home.clock, options);
  try {
    return await readOwn(shutdown.startSignal);
  } catch (error) {
    if (shutdown.reason === false) throw error;
    return [undefined];
  } finally {
    shutdown.close();
  }
}

export interface ShardReading {
  readonly home: ResolvedHome;
  readonly layout: LayoutReader;
  readonly signal: AbortSignal | undefined;
  readonly observed: SafeObserver;
}

/** Returns every shard in which events may wait now. */
export async function readShards(
  { home, layout, signal, observed }: ShardReading,
  requests: Requests,
): Promise<readonly Shard[]> {
  const store = limitedStore(home.store, home.clock, { requests });
  const onUnreadable = () => observed.tell({ type: "layout-unreadable" });
  return shardsOf(await layout.readToSweep({ store, signal, onUnreadable }));
}

/**
 * One sweep of several partitions, each with its lease: if one is held by another sweeper, or can't be listed, the others
 * are swept all the same. Throws only if none could be swept.
 */
class PartitionsSweep {
  readonly #options: SweepOptions;
  readonly #record: SweepRecord;
  /** Reads the shards again, for a sweep that goes on for long. */
  readonly #readShards: () => Promise<readonly Shard[]>;
  readonly #slots: SharedConcurrency;
  /** A sweep that looks ahead must be in every partition at once; one of what is due now comes to all of them. */
  readonly #mostRunning: number;
  readonly #begun = new Set<Shard>();
  readonly #waiting: Shard[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #outcomes: ShardOutcome[] = [];

  constructor(
    options: SweepOptions,
    record: SweepRecord,
    readShards: () => Promise<readonly Shard[]>,
  ) {
    this.#options = options;
    this.#record = record;
    this.#readShards = readShards;
    this.#slots = new SharedConcurrency(options.concurrency);
    this.#mostRunning =
      options.ahead === undefined ? options.concurrency : Number.POSITIVE_INFINITY;
  }

  async sweep(shards: readonly Shard[]): Promise<SweepReport> {
    const { clock } = this.#options.home;
    const startedMs = clock.monotonic();
    const ended = new AbortController();
    this.#begin(rotated(shards, this.#options));
    const watching = this.#watchLayout(ended.signal);
    try {
      while (this.#running.size > 0) await Promise.race(this.#running);
    } finally {
      ended.abort();
      await watching;
    }
    const [first] = this.#outcomes;
    const isUnsharded = this.#begun.size === 1 && this.#begun.has(undefined);
    if (first !== undefined && isUnsharded) return onlyReport(first);
    return mergeReports(this.#outcomes, this.#record, {
      concurrencyReached: this.#slots.reached,
      durationMs: Math.round(clock.monotonic() - startedMs),
      dryRun: this.#options.dryRun,
    });
  }

  #begin(found: readonly Shard[]): void {
    const fresh = found.filter((shard) => !this.#begun.has(shard));
    for (const shard of fresh) this.#begun.add(shard);
    this.#waiting.push(...fresh);
    this.#startWaiting();
  }

  #startWaiting(): void {
    while (this.#running.size < this.#mostRunning && this.#waiting.length > 0) {
      const shard = this.#waiting.shift();
      const isVeryFirst = this.#outcomes.length + this.#running.size === 0;
      const job = this.#sweepOne(shard, this.#options.isFirst && isVeryFirst).then(() => {
        this.#running.delete(job);
        this.#startWaiting();
      });
      this.#running.add(job);
    }
  }

  async #sweepOne(shard: Shard, isFirst: boolean): Promise<void> {
    const partition = {
      ...this.#options,
      home: placeAt(this.#options.home, shard),
      slots: this.#slots,
      places: Math.min(this.#begun.size, this.#mostRunning),
      isFirst,
    };
    const outcome = await outcomeOf(() => sweepPartition(partition, this.#record));
    if ("error" in outcome && this.#begun.size > 1) {
      this.#record.observed.tell({ type: "shard-failed", shard, ...outcome });
    }
    this.#outcomes.push(outcome);
  }

  /** Reads the layout again as long as the sweep goes on, and begins with shards that are new. */
  async #watchLayout(ended: AbortSignal): Promise<void> {
    const { home, signal } = this.#options;
    while (!ended.aborted && !signal?.aborted) {
      await sleepUnlessAborted(home.clock, REREAD_MS, ended, signal);
      if (ended.aborted || signal?.aborted) return;
      try {
        this.#begin(await this.#readShards());
      } catch (caught) {
        storeErrorOf(caught); // the next sweep reads it again
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

/** Starts with another shard each time: sweeps with too little time for all of them leave out different ones. */
function rotated(shards: readonly Shard[], { home }: SweepOptions): readonly Shard[] {
  if (shards.length === 1) return shards;
  const first = Math.floor(randomFraction(home.random) * shards.length);
  return [...shards.slice(first), ...shards.slice(0, first)];
}

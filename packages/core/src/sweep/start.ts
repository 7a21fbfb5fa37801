import { SharedConcurrency } from "../event-table/limits.js";
import { type Clock, sleepUnlessAborted } from "../machine.js";
import { noRequests, type Requests } from "../requests/wrap-store.js";
import type { Partition } from "../shards/partitions.js";
import { REREAD_MS } from "../shards/shard-map-object.js";
import { createEndurance } from "./endurance.js";
import { type PartitionsReading, readPartitions, sweepOnePartition } from "./sweep.js";
import type { PartitionSweepOptions } from "./sweep-run.js";
import { type Sweeping, startSweeping } from "./sweeping.js";
import { type BackgroundControl, untilStopped } from "./until-stopped.js";

export interface StartAllOptions extends PartitionsReading {
  /** The range of each sweep ends with the next full interval of this length. */
  readonly intervalMs: number;
  readonly concurrency: number;
  readonly sweepOptions: (signal: AbortSignal) => Omit<PartitionSweepOptions, "partition">;
}

/** Sweeps all partitions until it is stopped, each by itself, with the copies in flight bounded together. */
export function startAll(options: StartAllOptions): Sweeping {
  const { intervalMs, home } = options;
  const { clock } = home;
  const shared = new SharedConcurrency(options.concurrency);
  const proof = { isGiven: false }; // one partition that works proves the configuration of all
  let count = 1;
  let unreported = noRequests(); // of the shard map; the next report counts them

  const sweepOnce = (partition: Partition, signal: AbortSignal, onListed: () => void) => {
    const requests = unreported;
    unreported = noRequests();
    const sharedConcurrency = count === 1 ? undefined : shared;
    const own = { partition, sharedConcurrency, partitionCount: count, onListed };
    return sweepOnePartition({ ...options.sweepOptions(signal), ...own }, requests);
  };
  return startSweepingPartitions({
    clock,
    signal: options.signal,
    async readPartitions(signal) {
      const partitions = await readOrReport({ ...options, signal }, unreported);
      count = Math.max(1, partitions.length);
      return partitions;
    },
    startOne: (partition, signal) =>
      startSweeping({
        clock,
        intervalMs,
        signal,
        proof,
        sweep: (ended, onListed) => sweepOnce(partition, ended, onListed),
      }),
  });
}

async function readOrReport(
  reading: PartitionsReading,
  requests: Requests,
): Promise<readonly Partition[]> {
  try {
    return await readPartitions(reading, requests);
  } catch (error) {
    const isStopped = reading.signal?.aborted === true;
    if (!isStopped) reading.observed.tell({ type: "sweep-failed", error });
    throw error;
  }
}

export interface SweepingPartitionsOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** Reads the partitions that are in use now; reports to the observer if that fails. */
  readonly readPartitions: (signal: AbortSignal) => Promise<readonly Partition[]>;
  /** Starts to sweep one partition, until it is stopped. */
  readonly startOne: (partition: Partition, signal: AbortSignal) => Sweeping;
}

/** Until the shard map is read again, if that failed. */
const PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Sweeps every partition by itself until it is stopped, so that one that another sweeper holds does not keep the others
 * waiting; the copies in flight are bounded together. Starts with new ones, and ends with those that are no longer used.
 */
export function startSweepingPartitions(options: SweepingPartitionsOptions): Sweeping {
  const all = new PartitionsSweeping(options);
  const background = untilStopped(options.signal, (control) => all.run(control));
  return {
    ...background,
    get trouble() {
      return all.trouble;
    },
  };
}

class PartitionsSweeping {
  readonly #options: SweepingPartitionsOptions;
  readonly #endurance;
  readonly #begun = new Map<Partition, Sweeping>();
  readonly #ended = new Set<Promise<void>>();

  constructor(options: SweepingPartitionsOptions) {
    this.#options = options;
    this.#endurance = createEndurance({
      now: () => options.clock.now(),
      proof: { isGiven: false },
      firstPauseMs: PAUSE_MS,
      longestPauseMs: LONGEST_PAUSE_MS,
    });
  }

  get trouble() {
    const ofPartitions = [...this.#begun.values()].map(({ trouble }) => trouble);
    return this.#endurance.trouble ?? ofPartitions.find((trouble) => trouble !== undefined);
  }

  async run(control: BackgroundControl): Promise<void> {
    while (!control.signal.aborted) {
      const pauseMs = await this.#look(control);
      await sleepUnlessAborted(this.#options.clock, pauseMs, control.signal);
    }
    await Promise.all(this.#ended);
  }

  /** Reads the partitions. Returns how long to wait until the next look. */
  async #look(control: BackgroundControl): Promise<number> {
    try {
      this.#adopt(await this.#options.readPartitions(control.signal), control);
      this.#endurance.succeeded();
      return REREAD_MS;
    } catch (error) {
      if (control.signal.aborted) return 0;
      if (!this.#endurance.survives(error)) control.fail(error);
      return this.#endurance.pauseMs;
    }
  }

  #adopt(partitions: readonly Partition[], { signal, fail }: BackgroundControl): void {
    for (const partition of partitions) {
      if (this.#begun.has(partition)) continue;
      const sweeping = this.#options.startOne(partition, signal);
      this.#begun.set(partition, sweeping);
      this.#ended.add(sweeping.done.catch(fail));
    }
    for (const [partition, sweeping] of this.#begun) {
      if (partitions.includes(partition)) continue;
      this.#begun.delete(partition);
      void sweeping.stop();
    }
  }
}

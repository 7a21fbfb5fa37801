import type { JournalWriter } from "../journal/journal-writer.js";
import { canLease } from "../lease/lease-object.js";
import type { Clock } from "../machine.js";
import { sleepUnlessAborted } from "../machine.js";
import { noRequests } from "../requests/wrap-store.js";
import type { Partition } from "../shards/partitions.js";
import { REREAD_MS } from "../shards/shard-map-object.js";
import { SharedConcurrency } from "./concurrency.js";
import {
  type PartitionsReading,
  readPartitions,
  type SweepAllOptions,
  sweepOnePartition,
} from "./sweep.js";
import { type Sweeping, SweepLoop, startSweeping } from "./sweeping.js";
import { withJournal } from "./with-journal.js";

export interface StartAllOptions
  extends PartitionsReading,
    Pick<SweepAllOptions, "owner" | "writesJournal"> {
  readonly intervalMs: number;
  readonly concurrency: number;
  readonly sweepOptions: (signal: AbortSignal) => SweepAllOptions;
}

/** Sweeps all partitions until it is stopped, each by itself, with the copies in flight bounded together. */
export function startAll(options: StartAllOptions): Sweeping {
  const { intervalMs, schedule, observed } = options;
  const { clock } = schedule;
  const shared = new SharedConcurrency(options.concurrency);
  const proof = { isGiven: false }; // one partition that works proves the configuration of all
  let partitionCount = 1;
  let unreported = noRequests(); // of the shard map and the journal; the next report counts them

  let journal: JournalWriter | undefined;

  const sweepOne = (partition: Partition, signal: AbortSignal, onListed: () => void) => {
    const requests = unreported;
    unreported = noRequests();
    const sharedConcurrency = partitionCount === 1 ? undefined : shared;
    const own = { partition, sharedConcurrency, partitionCount, onListed, journal };
    return sweepOnePartition({ ...options.sweepOptions(signal), ...own }, requests);
  };
  return startSweepingPartitions({
    clock,
    signal: options.signal,
    around: (signal, work) => {
      const { notify } = observed;
      const until = { ...options, signal, deadlineMs: undefined };
      return withJournal({ ...until, requests: () => unreported, notify }, (opened) => {
        journal = opened;
        return work();
      });
    },
    async readPartitions(signal) {
      try {
        const partitions = await readPartitions({ ...options, signal }, unreported);
        partitionCount = Math.max(1, partitions.length);
        return partitions;
      } catch (error) {
        if (!signal.aborted) observed.notify({ type: "sweep-failed", error });
        throw error;
      }
    },
    startOne: (partition, signal) =>
      startSweeping({
        clock,
        intervalMs,
        hasLease: canLease(schedule.store.capabilities),
        signal,
        proof,
        sweep: (ended, onListed) => sweepOne(partition, ended, onListed),
      }),
  });
}

export interface SweepingPartitionsOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** Reads the partitions that are in use now; reports to the observer if that fails. */
  readonly readPartitions: (signal: AbortSignal) => Promise<readonly Partition[]>;
  readonly startOne: (partition: Partition, signal: AbortSignal) => Sweeping;
  /** Does what `work` does, and what belongs before and after it. `signal` aborts when sweeping is stopped. */
  readonly around?: (signal: AbortSignal, work: () => Promise<void>) => Promise<void>;
}

/** Until the shard map is read again, if that failed. */
const PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 30_000;

/** Sweeps each partition by itself: one that another sweeper holds does not keep the others waiting. */
export function startSweepingPartitions(options: SweepingPartitionsOptions): Sweeping {
  const begun = new Map<Partition, Sweeping>();
  const ended = new Set<Promise<void>>();
  const adopt = (partitions: readonly Partition[], loop: SweepLoop) => {
    for (const partition of partitions) {
      if (begun.has(partition)) continue;
      const sweeping = options.startOne(partition, loop.signal);
      begun.set(partition, sweeping);
      ended.add(sweeping.done.catch(loop.end));
    }
    for (const [partition, sweeping] of begun) {
      if (partitions.includes(partition)) continue;
      begun.delete(partition);
      void sweeping.stop();
    }
  };
  const troubleOfParts = () => [...begun.values()].find(({ trouble }) => trouble)?.trouble;
  const pauses = { firstPauseMs: PAUSE_MS, longestPauseMs: LONGEST_PAUSE_MS };
  const sweepAll = async (loop: SweepLoop) => {
    while (!loop.signal.aborted) {
      try {
        adopt(await options.readPartitions(loop.signal), loop);
        loop.succeeded();
        await sleepUnlessAborted(options.clock, REREAD_MS, loop.signal);
      } catch (error) {
        loop.failed(error);
        await loop.pause();
      }
    }
    await Promise.all(ended);
  };
  const { around = (_, work) => work() } = options;
  return new SweepLoop({ ...options, ...pauses, troubleOfParts }, (loop) =>
    around(loop.signal, () => sweepAll(loop)),
  );
}

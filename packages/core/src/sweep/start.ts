import type { Clock } from "../clock.js";
import type { Shard } from "../codec/shard.js";
import { SharedConcurrency } from "../event-table/limits.js";
import { REREAD_MS } from "../layout/layout-reader.js";
import { noRequests, type Requests } from "../requests/counted-store.js";
import { sleepUnlessAborted } from "../sleep-unless-aborted.js";
import { createEndurance } from "./endurance.js";
import { inPart, type Part } from "./part.js";
import { readShards, type ShardReading, sweepShard } from "./sweep.js";
import type { SweepOptions } from "./sweep-run.js";
import { type Sweeping, startSweeping } from "./sweeping.js";
import { type BackgroundControl, untilStopped } from "./until-stopped.js";

export interface StartAllOptions extends ShardReading {
  /** The range of each sweep ends with the next full interval of this length. */
  readonly intervalMs: number;
  readonly concurrency: number;
  readonly part: Part | undefined;
  readonly sweepOptions: (signal: AbortSignal) => SweepOptions;
}

/** Sweeps all shards until it is stopped, each by itself, with the copies in flight bounded together. */
export function startAll(options: StartAllOptions): Sweeping {
  const { intervalMs, part, home } = options;
  const { clock } = home;
  const sharedSlots = new SharedConcurrency(options.concurrency);
  const proof = { isGiven: false }; // one shard that works proves the configuration of all
  let shardCount = 1;
  let unreported = noRequests(); // requests for the shards themselves: the next report counts them

  const sweepOnce = (shard: Shard, signal: AbortSignal, onListed: () => void) => {
    const requests = unreported;
    unreported = noRequests();
    const slots = shardCount === 1 ? undefined : sharedSlots;
    const shared = { slots, places: shardCount, onListed };
    return sweepShard({ ...options.sweepOptions(signal), ...shared }, shard, requests);
  };
  return startSweepingShards({
    clock,
    signal: options.signal,
    async readShards(signal) {
      const all = await readOrReport({ ...options, signal }, unreported);
      const own = part === undefined ? all : all.filter((shard) => inPart(shard, part));
      shardCount = Math.max(1, own.length);
      return own;
    },
    startOne: (shard, signal) =>
      startSweeping({
        clock,
        intervalMs,
        signal,
        proof,
        sweep: (ended, onListed) => sweepOnce(shard, ended, onListed),
      }),
  });
}

async function readOrReport(reading: ShardReading, requests: Requests): Promise<readonly Shard[]> {
  try {
    return await readShards(reading, requests);
  } catch (error) {
    const isStopped = reading.signal?.aborted === true;
    if (!isStopped) reading.observed.tell({ type: "sweep-failed", error });
    throw error;
  }
}

export interface SweepingShardsOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** Reads the shards that are in use now; reports to the observer if that fails. */
  readonly readShards: (signal: AbortSignal) => Promise<readonly Shard[]>;
  /** Starts to sweep one shard, until it is stopped. */
  readonly startOne: (shard: Shard, signal: AbortSignal) => Sweeping;
}

/** Until the shards are read again, if that failed. */
const PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Sweeps every shard by itself until it is stopped, so that a shard which another sweeper holds does not keep the others
 * waiting; the copies in flight are bounded together. Starts with new shards, and ends with those that are no longer used.
 */
export function startSweepingShards(options: SweepingShardsOptions): Sweeping {
  const all = new ShardsSweeping(options);
  const background = untilStopped(options.signal, (control) => all.run(control));
  return {
    ...background,
    get trouble() {
      return all.trouble;
    },
  };
}

class ShardsSweeping {
  readonly #options: SweepingShardsOptions;
  readonly #endurance;
  readonly #begun = new Map<Shard, Sweeping>();
  readonly #ended = new Set<Promise<void>>();

  constructor(options: SweepingShardsOptions) {
    this.#options = options;
    this.#endurance = createEndurance({
      now: () => options.clock.now(),
      proof: { isGiven: false },
      firstPauseMs: PAUSE_MS,
      longestPauseMs: LONGEST_PAUSE_MS,
    });
  }

  get trouble() {
    const ofShards = [...this.#begun.values()].map(({ trouble }) => trouble);
    return this.#endurance.trouble ?? ofShards.find((trouble) => trouble !== undefined);
  }

  async run(control: BackgroundControl): Promise<void> {
    while (!control.signal.aborted) {
      const pauseMs = await this.#look(control);
      await sleepUnlessAborted(this.#options.clock, pauseMs, control.signal);
    }
    await Promise.all(this.#ended);
  }

  /** Reads the shards. Returns how long to wait until the next look. */
  async #look(control: BackgroundControl): Promise<number> {
    try {
      this.#adopt(await this.#options.readShards(control.signal), control);
      this.#endurance.succeeded();
      return REREAD_MS;
    } catch (error) {
      if (control.signal.aborted) return 0;
      if (!this.#endurance.survives(error)) control.fail(error);
      return this.#endurance.pauseMs;
    }
  }

  #adopt(shards: readonly Shard[], { signal, fail }: BackgroundControl): void {
    for (const shard of shards) {
      if (this.#begun.has(shard)) continue;
      const sweeping = this.#options.startOne(shard, signal);
      this.#begun.set(shard, sweeping);
      this.#ended.add(sweeping.done.catch(fail));
    }
    for (const [shard, sweeping] of this.#begun) {
      if (shards.includes(shard)) continue;
      this.#begun.delete(shard);
      void sweeping.stop();
    }
  }
}

import type { Shard } from "../../layout/shard.js";
import { noRequests, type Requests } from "../../requests/counted-store.js";
import { createCopySlots, NO_BOUND } from "../delivering/copy-slots.js";
import { type Sweeping, startSweeping } from "../look-ahead/sweeping.js";
import { readShards, type ShardReading, sweepShard } from "../sweep.js";
import type { SweepOptions } from "../sweep-run.js";
import { inPart, type Part } from "./part.js";
import { startSweepingShards } from "./sweeping-shards.js";

export interface StartAllOptions extends ShardReading {
  /** The range of each sweep ends with the next full interval of this length. */
  readonly intervalMs: number;
  readonly concurrency: number;
  readonly part: Part | undefined;
  readonly sweepOptions: (signal: AbortSignal) => SweepOptions;
}

/** Sweeps all shards, each by itself, with the copies under way bounded together. */
export function startAll(options: StartAllOptions): Sweeping {
  const { intervalMs, part, home } = options;
  const { clock } = home;
  const slots = createCopySlots(options.concurrency);
  let places = 1;
  let unreported = noRequests();
  const proof = { isGiven: false };

  const sweepOnce = (shard: Shard, signal: AbortSignal, onListed: () => void) => {
    const requests = unreported;
    unreported = noRequests();
    const shared = places === 1 ? { slots: NO_BOUND, places } : { slots, places };
    return sweepShard({ ...options.sweepOptions(signal), ...shared, onListed }, shard, requests);
  };
  return startSweepingShards({
    clock,
    signal: options.signal,
    async readShards(signal) {
      const all = await readOrTell({ ...options, signal }, unreported);
      const own = part === undefined ? all : all.filter((shard) => inPart(shard, part));
      places = Math.max(1, own.length);
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

async function readOrTell(reading: ShardReading, requests: Requests): Promise<readonly Shard[]> {
  try {
    return await readShards(reading, requests);
  } catch (error) {
    const isStopped = reading.signal?.aborted === true;
    if (!isStopped) reading.observed.tell({ type: "sweep-failed", error });
    throw error;
  }
}

import type { Clock } from "../../clock.js";
import { REREAD_MS } from "../../layout/layout-reader.js";
import type { Shard } from "../../layout/shard.js";
import { onAbort } from "../../on-abort.js";
import { sleepUnlessAborted } from "../../sleep-unless-aborted.js";
import { createEndurance } from "../look-ahead/endurance.js";
import type { Sweeping } from "../look-ahead/sweeping.js";

export interface SweepingShardsOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** The shards that are in use now; tells the observer if that can't be read. */
  readonly readShards: (signal: AbortSignal) => Promise<readonly Shard[]>;
  /** Begins to sweep one shard, and goes on until it is stopped. */
  readonly startOne: (shard: Shard, signal: AbortSignal) => Sweeping;
}

/** Until the layout is asked for again, if it could not be read. */
const PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Sweeps every shard by itself until it is stopped, so that who is held on one goes on with the others; begins with new
 * shards and ends with those that the layout has no more.
 */
export function startSweepingShards(options: SweepingShardsOptions): Sweeping {
  const { clock, readShards, startOne } = options;
  const stopping = new AbortController();
  const failure: { error?: unknown } = {};
  const endurance = createEndurance({
    now: () => clock.now(),
    proof: { isGiven: false },
    firstPauseMs: PAUSE_MS,
    longestPauseMs: LONGEST_PAUSE_MS,
  });
  const begun = new Map<Shard, Sweeping>();
  const ended = new Set<Promise<void>>();
  onAbort(options.signal, () => stopping.abort());

  const fail = (error: unknown) => {
    failure.error ??= error;
    stopping.abort();
  };

  const adopt = (shards: readonly Shard[]) => {
    for (const shard of shards) {
      if (begun.has(shard)) continue;
      const sweeping = startOne(shard, stopping.signal);
      begun.set(shard, sweeping);
      ended.add(sweeping.done.catch(fail));
    }
    for (const [shard, sweeping] of begun) {
      if (shards.includes(shard)) continue;
      begun.delete(shard);
      void sweeping.stop();
    }
  };

  const look = async (): Promise<number> => {
    try {
      adopt(await readShards(stopping.signal));
      endurance.succeeded();
      return REREAD_MS;
    } catch (error) {
      if (stopping.signal.aborted) return 0;
      if (!endurance.survives(error)) fail(error);
      return endurance.pauseMs;
    }
  };

  const work = async () => {
    while (!stopping.signal.aborted) {
      const pauseMs = await look();
      await sleepUnlessAborted(clock, pauseMs, stopping.signal);
    }
    await Promise.all(ended);
    if ("error" in failure) throw failure.error;
  };

  const done = work();
  done.catch(() => {}); // whoever asks for it hears of it
  const stop = async () => {
    stopping.abort();
    await done.catch(() => {});
  };
  return {
    done,
    stop,
    get trouble() {
      const ofShards = [...begun.values()].map(({ trouble }) => trouble);
      return endurance.trouble ?? ofShards.find((trouble) => trouble !== undefined);
    },
    [Symbol.asyncDispose]: stop,
  };
}

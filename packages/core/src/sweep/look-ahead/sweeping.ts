import type { Clock } from "../../clock.js";
import { onAbort } from "../../on-abort.js";
import { sleepUnlessAborted } from "../../sleep-unless-aborted.js";
import { isStoreError } from "../../store/object-store-error.js";
import type { SweepReport } from "../reporting/sweep-report.js";
import { rangeEndMs } from "./sweep-ahead.js";

/** Sweeping that goes on until it is stopped. */
export interface Sweeping extends AsyncDisposable {
  /** Resolves when it has been stopped; rejects only if sweeping can't go on, as when listing is denied. */
  readonly done: Promise<void>;
  /** Ends what is in flight, lets go of the lease, and resolves when all that is done, within 5 s. */
  stop(): Promise<void>;
}

export interface SweepingOptions {
  readonly clock: Clock;
  /** The range of each sweep ends with the next full interval of this length. */
  readonly intervalMs: number;
  readonly signal: AbortSignal | undefined;
  /** One sweep that looks ahead. */
  readonly sweep: (signal: AbortSignal) => Promise<SweepReport>;
}

/** The next sweep begins so long before the last one's range ends, so that there is no gap. */
const OVERLAP_MS = 5_000;
/** After a sweep that came to nothing: another sweeper is at work, or the store doesn't answer. */
const PAUSE_MS = 5_000;

/**
 * Sweeps that look ahead, one after the other and overlapping a little: each stands on the range of the one before, as
 * if they were hosts of their own.
 */
export function startSweeping(options: SweepingOptions): Sweeping {
  const { clock, intervalMs } = options;
  const stopping = new AbortController();
  const failure: { error?: unknown } = {};
  onAbort(options.signal, () => stopping.abort());

  const fail = (error: unknown) => {
    failure.error ??= error;
    stopping.abort();
  };

  /** Whether the sweep went through to its end. */
  const sweepOnce = async (): Promise<boolean> => {
    try {
      const report = await options.sweep(stopping.signal);
      return report.outcome === "swept" && report.truncated === false;
    } catch (error) {
      if (stopping.signal.aborted) return false;
      if (!isStoreError(error) || !error.retryable) fail(error);
      return false;
    }
  };

  const pause = () =>
    sleepUnlessAborted(clock, Math.min(PAUSE_MS, intervalMs / 2), stopping.signal);

  const work = async () => {
    const running = new Set<Promise<void>>();
    while (!stopping.signal.aborted) {
      const overlapMs = Math.min(OVERLAP_MS, intervalMs / 2);
      const nextAtMs = rangeEndMs(clock.now(), intervalMs) - overlapMs;
      const cameToNothing = new AbortController();
      const sweeping = sweepOnce().then((isWhole) => {
        if (!isWhole) cameToNothing.abort();
        running.delete(sweeping);
      });
      running.add(sweeping);
      const untilNextMs = nextAtMs - clock.now();
      await sleepUnlessAborted(clock, untilNextMs, cameToNothing.signal, stopping.signal);
      if (cameToNothing.signal.aborted) await pause();
    }
    await Promise.all(running);
    if ("error" in failure) throw failure.error;
  };

  const done = work();
  done.catch(() => {}); // whoever asks for it hears of it
  const stop = async () => {
    stopping.abort();
    await done.catch(() => {});
  };
  return { done, stop, [Symbol.asyncDispose]: stop };
}

import type { Clock } from "../../clock.js";
import { onAbort } from "../../on-abort.js";
import { sleepUnlessAborted } from "../../sleep-unless-aborted.js";
import type { SweepReport } from "../reporting/sweep-report.js";
import { createEndurance, type Proof, type SweepingTrouble } from "./endurance.js";
import { rangeEndMs } from "./sweep-ahead.js";

/** Sweeping that goes on until it is stopped. */
export interface Sweeping extends AsyncDisposable {
  /**
   * Resolves when it has been stopped. Rejects if sweeping can't work: with an error that is not the store's, or, as long
   * as the store has not answered once, with one that a retry does not help against, as when listing is denied. After
   * that it goes on through everything that can pass, and the observer hears of each failure (`sweep-failed`).
   */
  readonly done: Promise<void>;
  /** Why sweeping comes to nothing at present; `undefined` while it goes well. */
  readonly trouble: SweepingTrouble | undefined;
  /** Ends what is in flight, releases the lease, and resolves when that is done, within 5 s. */
  stop(): Promise<void>;
}

export interface SweepingOptions {
  readonly clock: Clock;
  /** The range of each sweep ends with the next full interval of this length. */
  readonly intervalMs: number;
  readonly signal: AbortSignal | undefined;
  /** One sweep that looks ahead; calls `onListed` for each page that it has listed. */
  readonly sweep: (signal: AbortSignal, onListed: () => void) => Promise<SweepReport>;
  /** Whether this configuration has ever worked, also elsewhere. @default it has not */
  readonly proof?: Proof | undefined;
}

/** The next sweep begins so long before the last one's range ends, so that there is no gap. */
const OVERLAP_MS = 5_000;
/** After a sweep that came to nothing: another sweeper is at work, or the store doesn't answer. */
const PAUSE_MS = 5_000;
/** After many failures: short enough that what is due when an outage ends is not much later for it. */
const LONGEST_PAUSE_MS = 30_000;

/**
 * Sweeps that look ahead, one after the other and overlapping a little: each stands on the range of the one before, as
 * if they were hosts of their own.
 */
export function startSweeping(options: SweepingOptions): Sweeping {
  const { clock, intervalMs } = options;
  const stopping = new AbortController();
  const failure: { error?: unknown } = {};
  const endurance = createEndurance({
    now: () => clock.now(),
    proof: options.proof ?? { isGiven: false },
    firstPauseMs: Math.min(PAUSE_MS, intervalMs / 2),
    longestPauseMs: Math.min(LONGEST_PAUSE_MS, intervalMs),
  });
  onAbort(options.signal, () => stopping.abort());

  const fail = (error: unknown) => {
    failure.error ??= error;
    stopping.abort();
  };

  /** Whether the sweep went through to its end. */
  const sweepOnce = async (): Promise<boolean> => {
    try {
      const report = await options.sweep(stopping.signal, endurance.succeeded);
      endurance.succeeded();
      return report.outcome === "swept" && report.truncated === false;
    } catch (error) {
      if (stopping.signal.aborted) return false;
      if (!endurance.survives(error)) fail(error);
      return false;
    }
  };

  const pause = () => sleepUnlessAborted(clock, endurance.pauseMs, stopping.signal);

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
  done.catch(() => {}); // reported to a caller that awaits it
  const stop = async () => {
    stopping.abort();
    await done.catch(() => {});
  };
  return {
    done,
    stop,
    get trouble() {
      return endurance.trouble;
    },
    [Symbol.asyncDispose]: stop,
  };
}

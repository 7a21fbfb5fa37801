import { type Clock, sleepUnlessAborted } from "../machine.js";
import type { SweepReport } from "../report/sweep-report.js";
import { createEndurance, type Endurance, type Proof, type SweepingTrouble } from "./endurance.js";
import { rangeEndMs } from "./sweep-run.js";
import { type BackgroundControl, untilStopped } from "./until-stopped.js";

/** Sweeping that goes on until it is stopped. */
export interface Sweeping extends AsyncDisposable {
  /**
   * Resolves when it has been stopped. Rejects if sweeping can't work: with an error that is not the store's or, as long as
   * the store has not answered once, with one that a retry does not help against, as when listing is denied. After that it
   * goes on through everything that can pass, and reports each failure to the observer (`sweep-failed`).
   */
  readonly done: Promise<void>;
  /** Why sweeping achieves nothing at present; `undefined` while it goes well. */
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
  /** Whether this configuration has ever worked, also for another partition. @default it has not */
  readonly proof?: Proof | undefined;
}

/** The next sweep begins this long before the range of the last one ends, so that there is no gap. */
const OVERLAP_MS = 5_000;
/** After a sweep that achieved nothing: another sweeper is at work, or the store does not answer. */
const PAUSE_MS = 5_000;
/** After many failures: short enough that events due when an outage ends are not much later for it. */
const LONGEST_PAUSE_MS = 30_000;

/**
 * Sweeps one partition with look-ahead, one sweep after the other and overlapping a little: each continues the range of the
 * one before, as if they were different hosts.
 */
export function startSweeping(options: SweepingOptions): Sweeping {
  const { clock, intervalMs } = options;
  const endurance = createEndurance({
    now: () => clock.now(),
    proof: options.proof ?? { isGiven: false },
    firstPauseMs: Math.min(PAUSE_MS, intervalMs / 2),
    longestPauseMs: Math.min(LONGEST_PAUSE_MS, intervalMs),
  });
  const background = untilStopped(options.signal, (control) =>
    sweepOnAndOn(options, endurance, control),
  );
  return {
    ...background,
    get trouble() {
      return endurance.trouble;
    },
  };
}

async function sweepOnAndOn(
  options: SweepingOptions,
  endurance: Endurance,
  control: BackgroundControl,
): Promise<void> {
  const { clock, intervalMs } = options;
  const { signal } = control;
  const running = new Set<Promise<void>>();
  const overlapMs = Math.min(OVERLAP_MS, intervalMs / 2);
  while (!signal.aborted) {
    const nextAtMs = rangeEndMs(clock.now(), intervalMs) - overlapMs;
    const achievedNothing = new AbortController();
    const sweeping = sweepOnce(options, endurance, control).then((isWhole) => {
      if (!isWhole) achievedNothing.abort();
      running.delete(sweeping);
    });
    running.add(sweeping);
    await sleepUnlessAborted(clock, nextAtMs - clock.now(), achievedNothing.signal, signal);
    if (achievedNothing.signal.aborted) {
      await sleepUnlessAborted(clock, endurance.pauseMs, signal);
    }
  }
  await Promise.all(running);
}

/** Returns whether the sweep went through to its end. */
async function sweepOnce(
  { sweep }: SweepingOptions,
  endurance: Endurance,
  { signal, fail }: BackgroundControl,
): Promise<boolean> {
  try {
    const report = await sweep(signal, endurance.succeeded);
    endurance.succeeded();
    return report.outcome === "swept" && report.truncated === false;
  } catch (error) {
    if (!signal.aborted && !endurance.survives(error)) fail(error);
    return false;
  }
}

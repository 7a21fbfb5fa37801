import { onAbort } from "../callbacks.js";
import type { Clock } from "../machine.js";
import { sleepUnlessAborted } from "../machine.js";
import type { SweepReport } from "../report/sweep-report.js";
import { isStoreError } from "../store/object-store-error.js";
import { rangeEndMs } from "./sweep-run.js";

/** Sweeping that goes on until it is stopped. */
export interface Sweeping extends AsyncDisposable {
  /**
   * Resolves when it has been stopped. Rejects if sweeping can't work: with an error that is not the store's or, as long as
   * the store has not answered once, with one that a retry cannot fix, such as a denied list. After that it
   * continues through every error that can pass, and reports each failure to the observer (`sweep-failed`).
   */
  readonly done: Promise<void>;
  /** Why sweeping achieves nothing at present; `undefined` while it goes well. It continues by itself when the cause has passed. */
  readonly trouble:
    | {
        /** The error of the last try. */
        readonly error: unknown;
        /** When the first of the failures in a row happened, by this machine's clock. */
        readonly since: Date;
      }
    | undefined;
  /** Ends what is in flight, releases the lease, and resolves when that is done, within 5 s. */
  stop(): Promise<void>;
}

/** Whether a configuration has ever worked. */
type Proof = { isGiven: boolean };

export interface SweepLoopOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly proof?: Proof | undefined;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  readonly troubleOfParts?: () => Sweeping["trouble"];
}

/**
 * Work in the background that goes on until it is stopped, through failures that can pass. Once the store has answered, every
 * error of the store can pass: an outage, credentials that another program renews, a bucket or permission that is restored.
 * Before, only what is worth a retry can pass: anything else means that the configuration is wrong, and ends the work.
 */
export class SweepLoop implements Sweeping {
  readonly done: Promise<void>;
  readonly #options: SweepLoopOptions;
  readonly #proof: Proof;
  readonly #stopping = new AbortController();
  #end: { readonly error: unknown } | undefined;
  #failures = 0;
  #trouble: Sweeping["trouble"];

  /** `work` must end soon after the signal of the loop has aborted. */
  constructor(options: SweepLoopOptions, work: (loop: SweepLoop) => Promise<void>) {
    this.#options = options;
    this.#proof = options.proof ?? { isGiven: false };
    onAbort(options.signal, () => this.#stopping.abort());
    this.done = this.#run(work);
    this.done.catch(() => {}); // reported to a caller that awaits it
  }

  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  get trouble(): Sweeping["trouble"] {
    return this.#trouble ?? this.#options.troubleOfParts?.();
  }

  /** The store has answered: this configuration works. */
  readonly succeeded = (): void => {
    this.#proof.isGiven = true;
    this.#failures = 0;
    this.#trouble = undefined;
  };

  /** A try has failed: ends the work if another one makes no sense. After a stop, failures are expected. */
  failed(error: unknown): void {
    if (this.signal.aborted) return;
    this.#failures += 1;
    this.#trouble = { error, since: this.#trouble?.since ?? new Date(this.#options.clock.now()) };
    const canPass = isStoreError(error) && (error.retryable || this.#proof.isGiven);
    if (!canPass) this.end(error);
  }

  /** Ends the work; `done` rejects with the first of these errors. */
  readonly end = (error: unknown): void => {
    this.#end ??= { error };
    this.#stopping.abort();
  };

  /** Waits as long as the failures so far suggest: doubling, within limits. */
  async pause(): Promise<void> {
    const { clock, firstPauseMs, longestPauseMs } = this.#options;
    const doubledMs = firstPauseMs * 2 ** Math.max(0, this.#failures - 1);
    const pauseMs = Math.max(firstPauseMs, Math.min(longestPauseMs, doubledMs));
    await sleepUnlessAborted(clock, pauseMs, this.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.done.catch(() => {});
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #run(work: (loop: SweepLoop) => Promise<void>): Promise<void> {
    await work(this);
    if (this.#end !== undefined) throw this.#end.error;
  }
}

export interface SweepingOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly hasLease: boolean;
  readonly signal: AbortSignal | undefined;
  /** One sweep that looks ahead; calls `onListed` for each page that it has listed. */
  readonly sweep: (signal: AbortSignal, onListed: () => void) => Promise<SweepReport>;
  readonly proof?: Proof | undefined;
}

/** The next sweep begins this long before the range of the last one ends, so that there is no gap. */
const OVERLAP_MS = 5_000;
/** After a sweep that achieved nothing: another sweeper is at work, or the store does not answer. */
const PAUSE_MS = 5_000;
/** After many failures. It is short so that an outage delays events by little more than its own length. */
const LONGEST_PAUSE_MS = 30_000;

/**
 * Sweeps one partition with look-ahead, one sweep after the other. With a lease they overlap a little: each continues the range
 * of the one before, as if they were different hosts. Without one, two sweeps could copy an event at the same time.
 */
export function startSweeping(options: SweepingOptions): Sweeping {
  const { clock, intervalMs, hasLease } = options;
  const overlapMs = Math.min(OVERLAP_MS, intervalMs / 2);
  const pauses = {
    firstPauseMs: Math.min(PAUSE_MS, intervalMs / 2),
    longestPauseMs: Math.min(LONGEST_PAUSE_MS, intervalMs),
  };
  return new SweepLoop({ ...options, ...pauses }, async (loop) => {
    const running = new Set<Promise<void>>();
    while (!loop.signal.aborted) {
      const nextAtMs = rangeEndMs(clock.now(), intervalMs) - overlapMs;
      const achievedNothing = new AbortController();
      const sweeping = sweepThrough(options, loop).then((isWhole) => {
        if (!isWhole) achievedNothing.abort();
        running.delete(sweeping);
      });
      running.add(sweeping);
      const pauseMs = nextAtMs - clock.now();
      await sleepUnlessAborted(clock, pauseMs, achievedNothing.signal, loop.signal);
      if (!hasLease) await sweeping;
      if (achievedNothing.signal.aborted) await loop.pause();
    }
    await Promise.all(running);
  });
}

/** Returns whether the sweep went through to its end. */
async function sweepThrough({ sweep }: SweepingOptions, loop: SweepLoop): Promise<boolean> {
  try {
    const report = await sweep(loop.signal, loop.succeeded);
    loop.succeeded();
    return report.outcome === "swept" && report.truncated === false;
  } catch (error) {
    loop.failed(error);
    return false;
  }
}

import { onAbort } from "../callbacks.js";
import { type Clock, sleepUnlessAborted } from "../machine.js";
import type { TruncatedReason } from "../report/sweep-report.js";

/** Nothing starts in the last two seconds before a deadline; the rest ends in between, one kind after the other. */
const BEFORE_DEADLINE_MS = { start: 2_000, copy: 1_200, delete: 700, release: 100 };
/** After the caller's abort: together below the five seconds that a terminating process usually has. */
const AFTER_ABORT_MS = { copy: 2_000, delete: 3_500, release: 4_500 };

export interface ShutdownLimits {
  readonly signal: AbortSignal | undefined;
  /** Epoch ms. */
  readonly deadlineMs: number | undefined;
}

/**
 * Ends a sweep early: first nothing new starts, then copies in flight are aborted, then deletes, then the release of the
 * lease. Each kind gets time to end by itself.
 */
export class Shutdown {
  readonly #clock: Clock;
  readonly #start = new AbortController();
  readonly #copy = new AbortController();
  readonly #delete = new AbortController();
  readonly #release = new AbortController();
  readonly #closed = new AbortController();
  readonly #unsubscribe: () => void;
  #copiesEndMs = Number.POSITIVE_INFINITY;
  #reason: false | TruncatedReason = false;

  constructor(clock: Clock, { signal, deadlineMs }: ShutdownLimits) {
    this.#clock = clock;
    this.#unsubscribe = onAbort(signal, () => this.#abort());
    if (deadlineMs !== undefined) this.#endBy(deadlineMs);
  }

  /** Why nothing more is admitted; false while events still are. */
  get reason(): false | TruncatedReason {
    return this.#reason;
  }

  // Signals are made when they are first read: on Node 20 each costs 10 us, and most sweeps find nothing to do.

  /** Aborts when nothing new may start. */
  get startSignal(): AbortSignal {
    return this.#start.signal;
  }

  /** Aborts the copies that are still in flight. */
  get copySignal(): AbortSignal {
    return this.#copy.signal;
  }

  /** Aborts the deletes that are still in flight. */
  get deleteSignal(): AbortSignal {
    return this.#delete.signal;
  }

  /** Aborts the release of the lease. */
  get releaseSignal(): AbortSignal {
    return this.#release.signal;
  }

  /** How long copies may still take, in milliseconds. */
  copyLeftMs(): number {
    if (this.#copiesEndMs === Number.POSITIVE_INFINITY) return this.#copiesEndMs; // asked for each copy
    return this.#copiesEndMs - this.#clock.monotonic();
  }

  /** Nothing new starts; what is in flight goes on. */
  stop(reason: TruncatedReason): void {
    this.admitNoMore(reason);
    this.#start.abort();
  }

  /** Nothing more is admitted; what was admitted is still delivered. */
  admitNoMore(reason: TruncatedReason): void {
    if (this.#reason === false) this.#reason = reason;
  }

  /** Nothing new starts and copies in flight are aborted: the events are another sweeper's. Deletes go on. */
  loseLease(): void {
    this.stop("lease-lost");
    this.#copy.abort();
  }

  /** Ends the timers. */
  close(): void {
    this.#closed.abort("closed"); // a reason, because the default one is an exception with a stack
    this.#unsubscribe();
  }

  #abort(): void {
    this.stop("aborted");
    void this.#after(AFTER_ABORT_MS.copy, () => this.#copy.abort());
    void this.#after(AFTER_ABORT_MS.delete, () => this.#delete.abort());
    void this.#after(AFTER_ABORT_MS.release, () => this.#release.abort());
  }

  #endBy(deadlineMs: number): void {
    const leftMs = deadlineMs - this.#clock.now();
    this.#copiesEndMs = this.#clock.monotonic() + leftMs - BEFORE_DEADLINE_MS.copy;
    void this.#after(leftMs - BEFORE_DEADLINE_MS.start, () => this.stop("deadline"));
    void this.#after(leftMs - BEFORE_DEADLINE_MS.copy, () => this.#copy.abort());
    void this.#after(leftMs - BEFORE_DEADLINE_MS.delete, () => this.#delete.abort());
    void this.#after(leftMs - BEFORE_DEADLINE_MS.release, () => this.#release.abort());
  }

  async #after(ms: number, action: () => void): Promise<void> {
    await sleepUnlessAborted(this.#clock, ms, this.#closed.signal);
    if (!this.#closed.signal.aborted) action();
  }
}

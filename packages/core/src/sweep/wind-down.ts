import type { Clock } from "../clock.js";
import { onAbort } from "../on-abort.js";
import type { TruncatedReason } from "./reporting/sweep-report.js";

/**
 * How a sweep ends early: first nothing new is started, then copies under way are aborted, last the
 * deletes. Each gets time to end by itself.
 */
export interface WindDown {
  /** Why nothing more is taken in; false as long as it is. */
  readonly reason: false | TruncatedReason;
  /** Aborts when nothing new may start. */
  readonly startSignal: AbortSignal;
  /** Aborts what copies are still under way. */
  readonly copySignal: AbortSignal;
  /** Aborts what deletes are still under way. */
  readonly deleteSignal: AbortSignal;
  /** Aborts the letting go of the lease. */
  readonly releaseSignal: AbortSignal;
  /** How long copies may still go on, in milliseconds. */
  copyLeftMs(): number;
  stop(reason: TruncatedReason): void;
  /** Nothing more is taken in; what has been is still delivered. */
  takeNoMore(reason: TruncatedReason): void;
  /** Nothing new starts and copies under way are aborted: the events are another sweeper's. Deletes go on. */
  loseLease(): void;
  /** Ends its timers. */
  close(): void;
}

/** Nothing starts in the last two seconds before a deadline; the rest ends in between, one after the other. */
const BEFORE_DEADLINE_MS = { start: 2_000, copy: 1_200, delete: 700, release: 100 };
/** After the caller's abort: together under the five seconds that a terminating process usually has. */
const AFTER_ABORT_MS = { copy: 2_000, delete: 3_500, release: 4_500 };

export interface WindDownLimits {
  readonly signal: AbortSignal | undefined;
  /** Epoch ms. */
  readonly deadlineMs: number | undefined;
}

export function createWindDown(clock: Clock, { signal, deadlineMs }: WindDownLimits): WindDown {
  let reason: WindDown["reason"] = false;
  const start = new AbortController();
  const copy = new AbortController();
  const deletion = new AbortController();
  const release = new AbortController();
  const closed = new AbortController();
  const startedMs = clock.monotonic();
  let copiesEndMs = Number.POSITIVE_INFINITY;

  const takeNoMore = (why: TruncatedReason) => {
    if (reason === false) reason = why;
  };
  const stop = (why: TruncatedReason) => {
    takeNoMore(why);
    start.abort();
  };
  const after = async (ms: number, action: () => void) => {
    await clock.sleep(ms, { signal: closed.signal });
    if (!closed.signal.aborted) action();
  };
  const windDown = () => {
    stop("aborted");
    void after(AFTER_ABORT_MS.copy, () => copy.abort());
    void after(AFTER_ABORT_MS.delete, () => deletion.abort());
    void after(AFTER_ABORT_MS.release, () => release.abort());
  };

  const unsubscribe = onAbort(signal, windDown);
  if (deadlineMs !== undefined) {
    const leftMs = deadlineMs - clock.now();
    copiesEndMs = startedMs + leftMs - BEFORE_DEADLINE_MS.copy;
    void after(leftMs - BEFORE_DEADLINE_MS.start, () => stop("deadline"));
    void after(leftMs - BEFORE_DEADLINE_MS.copy, () => copy.abort());
    void after(leftMs - BEFORE_DEADLINE_MS.delete, () => deletion.abort());
    void after(leftMs - BEFORE_DEADLINE_MS.release, () => release.abort());
  }

  return {
    get reason() {
      return reason;
    },
    // Made when they are asked for: on Node 20 a signal costs 10 us, and most sweeps find nothing to do.
    get startSignal() {
      return start.signal;
    },
    get copySignal() {
      return copy.signal;
    },
    get deleteSignal() {
      return deletion.signal;
    },
    get releaseSignal() {
      return release.signal;
    },
    copyLeftMs: () => copiesEndMs - clock.monotonic(),
    stop,
    takeNoMore,
    loseLease() {
      stop("lease-lost");
      copy.abort();
    },
    close() {
      closed.abort("closed"); // a reason, because the default one is an exception with a stack
      unsubscribe();
    },
  };
}

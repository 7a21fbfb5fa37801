import { onAbort } from "../callbacks.js";
import type { HeldLease } from "../lease/held-lease.js";
import { sleepUnlessAborted } from "../machine.js";
import type { TruncatedReason } from "../report/sweep-report.js";
import { COPY_BYTES_PER_MS } from "../requests/guarded-store.js";
import type { CheckedClock } from "../requests/store-clock.js";

/** Nothing starts in the last two seconds before a deadline; the rest ends in between, one kind after the other. */
const BEFORE_DEADLINE_MS = { start: 2_000, copy: 1_200, delete: 700, release: 100 };
/** After the caller's abort: together below the five seconds that a terminating process usually has. */
const AFTER_ABORT_MS = { copy: 2_000, delete: 3_500, release: 4_500 };
/** A copy of any size may take this long, and a copy that starts must be able to end. */
const COPY_MS = 15_000;

export type CallObstacle = "stopped" | "postponed" | { readonly tooLong: number };

export interface ShutdownLimits {
  readonly signal: AbortSignal | undefined;
  /** Epoch ms. */
  readonly deadlineMs: number | undefined;
  /** When the whole sweep began; this may be one of several parts of it (epoch ms). @default now */
  readonly startedMs?: number | undefined;
}

/** Ends a sweep early: starting, copying, deleting and releasing the lease stop one after the other. */
export class Shutdown {
  /** Why nothing more is admitted; false while events still are. */
  reason: false | TruncatedReason = false;
  isLeaseLost = false;
  readonly #clock: CheckedClock;
  readonly #start = new AbortController();
  readonly #copy = new AbortController();
  readonly #delete = new AbortController();
  readonly #release = new AbortController();
  readonly #unsubscribe: () => void;
  #copiesEndMs = Number.POSITIVE_INFINITY;
  /** The time from the beginning of the whole sweep to that end. */
  #wholeMs = Number.POSITIVE_INFINITY;
  #lease: Pick<HeldLease, "leftMs" | "ttlMs"> | undefined;

  constructor(clock: CheckedClock, { signal, deadlineMs, startedMs }: ShutdownLimits) {
    this.#clock = clock;
    this.#unsubscribe = onAbort(signal, () => {
      this.stop("aborted");
      this.#abortInFlight(AFTER_ABORT_MS);
    });
    if (deadlineMs !== undefined) this.#endBy(deadlineMs, startedMs);
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

  /** The sweep goes on only as long as it holds this lease: after that, the events are another sweeper's. */
  follow(lease: Pick<HeldLease, "leftMs" | "ttlMs" | "lostSignal">): void {
    this.#lease = lease;
    onAbort(lease.lostSignal, () => {
      this.#loseLease();
      this.#copy.abort(); // deletes go on
    });
  }

  /** Nothing new starts; what is in flight goes on. */
  stop(reason: TruncatedReason): void {
    this.admitNoMore(reason);
    this.#start.abort();
  }

  /** Nothing more is admitted; what was admitted is still delivered. */
  admitNoMore(reason: TruncatedReason): void {
    if (this.reason === false) this.reason = reason;
  }

  /** The clock is ahead: everything would be early. */
  stopIfAhead(): void {
    if (this.#clock.isAhead) this.#stopForSkew();
  }

  /** Ends a look-ahead whose clock is off either way: behind, it would keep other sweepers from delivering in time. */
  stopIfSkewed(): void {
    if (this.#clock.isOff) this.#stopForSkew();
  }

  /** Asked immediately before each copy. `stopped`: no copy may start, and the sweep stops. `tooLarge`: only this one may not. */
  obstacleTo(sizeBytes: number): "stopped" | { readonly tooLarge: string } | undefined {
    const copyMs = sizeBytes / COPY_BYTES_PER_MS;
    const obstacle = this.#obstacle(copyMs);
    if (typeof obstacle !== "object") return obstacle;
    return { tooLarge: tooLarge(sizeBytes, copyMs, obstacle.leftMs) };
  }

  /**
   * The same before each call of a destination, which may take longer than the lease: the sweep renews that during the call.
   * `postponed`: a sweep with the same time can do it. `tooLong`: none can.
   */
  obstacleToCall(timeoutMs: number): CallObstacle | undefined {
    const obstacle = this.#obstacle(timeoutMs);
    if (typeof obstacle !== "object") return obstacle;
    return timeoutMs <= this.#wholeMs ? "postponed" : { tooLong: this.#wholeMs };
  }

  /** The sweep has ended: ends the timers. */
  close(): void {
    this.#release.abort("closed"); // a reason, because the default one is an exception with a stack
    this.#unsubscribe();
  }

  #obstacle(neededMs: number): "stopped" | { readonly leftMs: number } | undefined {
    const lease = this.#lease;
    const leftMs = this.#copyLeftMs();
    if (this.#clock.isAhead) this.#stopForSkew();
    else if (lease !== undefined && lease.leftMs() < Math.min(COPY_MS, lease.ttlMs / 4)) {
      this.#loseLease(); // what is in flight may go on as long as the lease does
    } else if (leftMs <= 0) {
      this.stop("deadline"); // a host that was frozen learns it here before its timers fire
    } else return neededMs <= leftMs ? undefined : { leftMs };
    return "stopped";
  }

  #stopForSkew(): void {
    if (this.reason === false) this.#clock.keepReading();
    this.stop("clock-skew");
  }

  #loseLease(): void {
    this.isLeaseLost = true;
    this.stop("lease-lost");
  }

  /** How long copies may still take, in milliseconds. */
  #copyLeftMs(): number {
    if (this.#copiesEndMs === Number.POSITIVE_INFINITY) return this.#copiesEndMs; // asked for each copy
    return this.#copiesEndMs - this.#clock.wall.monotonic();
  }

  #endBy(deadlineMs: number, startedMs = this.#clock.wall.now()): void {
    const { wall } = this.#clock;
    const leftMs = deadlineMs - wall.now();
    const before = BEFORE_DEADLINE_MS;
    this.#wholeMs = deadlineMs - startedMs - before.copy;
    this.#copiesEndMs = wall.monotonic() + leftMs - before.copy;
    void this.#after(leftMs - before.start, () => this.stop("deadline"));
    this.#abortInFlight({
      copy: leftMs - before.copy,
      delete: leftMs - before.delete,
      release: leftMs - before.release,
    });
  }

  #abortInFlight(afterMs: typeof AFTER_ABORT_MS): void {
    void this.#after(afterMs.copy, () => this.#copy.abort());
    void this.#after(afterMs.delete, () => this.#delete.abort());
    void this.#after(afterMs.release, () => this.#release.abort());
  }

  /** The release ends last: after it there is nothing more to end. */
  async #after(ms: number, action: () => void): Promise<void> {
    await sleepUnlessAborted(this.#clock.wall, ms, this.#release.signal);
    if (!this.#release.signal.aborted) action();
  }
}

function tooLarge(sizeBytes: number, copyMs: number, leftMs: number): string {
  const [neededS, leftS] = [Math.ceil(copyMs / 1_000), Math.floor(leftMs / 1_000)];
  return `a copy of ${sizeBytes} bytes can take ${neededS} s, this sweep has ${leftS} s left: sweep with a later deadline`;
}

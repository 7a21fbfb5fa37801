/**
 * How many copies may be in flight at once. Finds out what the store can take: starts at 64, doubles with each round of
 * successes, halves when the store throttles, returns quickly to just below the level that was too much, and probes on
 * from there.
 */
export class ConcurrencyLimit {
  readonly #most: number;
  #limit: number;
  #tooMuch: number | undefined;
  #halvedAtMs = Number.NEGATIVE_INFINITY;

  constructor(most: number) {
    this.#most = most;
    this.#limit = Math.min(most, FIRST_LIMIT);
  }

  get current(): number {
    return Math.floor(this.#limit);
  }

  /**
   * Records that a request sent at `sentMs` was throttled (both times monotonic). Returns whether that lowered the limit:
   * a request that was sent before the last halving says nothing new.
   */
  throttled(sentMs: number, nowMs: number): boolean {
    if (this.#limit <= 1 || sentMs <= this.#halvedAtMs) return false;
    this.#halvedAtMs = nowMs;
    this.#tooMuch = this.#limit;
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    return true;
  }

  succeeded(): void {
    this.#limit = Math.min(this.#most, this.#limit + this.#growth());
  }

  /** Growth for one success: `limit` successes, one round, add `limit` times as much. */
  #growth(): number {
    if (this.#tooMuch === undefined) return 1; // doubles
    const isNear = Math.abs(this.#limit - this.#tooMuch) <= NEAR * this.#tooMuch;
    return isNear ? 1 / this.#limit : QUICK_GROWTH;
  }
}

/** The first burst that a store gets. */
const FIRST_LIMIT = 64;
/** The range around the level that was too much in which the limit grows by one a round. */
const NEAR = 0.1;
/** Growth of the limit in a round of successes outside that range. */
const QUICK_GROWTH = 1 / 8;

/** The number of copies that several partitions may have in flight together. */
export class SharedConcurrency {
  readonly #most: number;
  readonly #waiting = new Set<() => void>();
  #taken = 0;
  #reached = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** The most that were in flight at once. */
  get reached(): number {
    return this.#reached;
  }

  /** Takes one slot. If none is free, calls `onFree` once when it is worth another try, in turn with other callers. */
  take(onFree: () => void): boolean {
    if (this.#taken >= this.#most) {
      this.#waiting.add(onFree);
      return false;
    }
    this.#taken += 1;
    this.#reached = Math.max(this.#reached, this.#taken);
    return true;
  }

  free(): void {
    this.#taken -= 1;
    for (const next of this.#waiting) {
      if (this.#taken >= this.#most) return;
      this.#waiting.delete(next); // a caller that takes one and needs more goes to the end
      next();
    }
  }
}

/** A failure that takes this long keeps other events from their turn. */
const SLOW_MS = 2_000;
/** This many slow failures without another answer in between point to the bucket, not to an event. */
const SLOW_IN_A_ROW = 8;

/** The target buckets that fail slowly again and again, as far as this sweeper has seen. */
export class SlowBuckets {
  readonly #slowInARow = new Map<string, number>();

  has(bucket: string): boolean {
    return (this.#slowInARow.get(bucket) ?? 0) >= SLOW_IN_A_ROW;
  }

  /** Records how a copy to the bucket ended, and after how long. */
  ended(bucket: string, how: "succeeded" | "failed", tookMs: number): void {
    if (how === "failed" && tookMs >= SLOW_MS) {
      this.#slowInARow.set(bucket, (this.#slowInARow.get(bucket) ?? 0) + 1);
    } else this.#slowInARow.delete(bucket);
  }
}

/** What a copy needs to know of the time that is left. */
export interface CopyTime {
  readonly sizeBytes: number;
  /** Answers since the listing show that this machine's clock is ahead: a copy would be early. */
  readonly isClockAhead: boolean;
  /** `undefined` on a store without a lease. */
  readonly lease: { readonly leftMs: number; readonly ttlMs: number } | undefined;
  /** How long copies of this sweep may still take. */
  readonly copyLeftMs: number;
}

/** Why a copy may not start: the sweep must stop, or only this event is too large for the time that is left. */
export type CopyObstacle =
  | { readonly stop: "clock-skew" | "lease-lost" | "deadline" }
  | { readonly tooLarge: string };

/** A copy, whatever its size, may take this long, and a copy that starts must be able to end. */
const COPY_MS = 15_000;
/** The slowest rate of a copy that is still in time; the time limit of a copy request uses the same. */
const BYTES_PER_MS = 20_000;

/** Decides immediately before each copy whether it may start; `undefined` if it may. */
export function copyObstacle(time: CopyTime): CopyObstacle | undefined {
  const { sizeBytes, isClockAhead, lease, copyLeftMs } = time;
  if (isClockAhead) return { stop: "clock-skew" };
  if (lease !== undefined && lease.leftMs < Math.min(COPY_MS, lease.ttlMs / 4)) {
    return { stop: "lease-lost" };
  }
  if (copyLeftMs <= 0) return { stop: "deadline" }; // a host that was frozen learns it here before its timers fire
  const copyMs = sizeBytes / BYTES_PER_MS;
  if (copyMs <= copyLeftMs) return undefined;
  const neededS = Math.ceil(copyMs / 1_000);
  const leftS = Math.floor(copyLeftMs / 1_000);
  return {
    tooLarge: `a copy of ${sizeBytes} bytes can take ${neededS} s, this sweep has ${leftS} s left: sweep with a later deadline`,
  };
}

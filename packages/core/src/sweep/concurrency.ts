/** How many copies the store can take: doubles with each round of successes, halves when it throttles, then probes just below that. */
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

  /** Returns whether that lowered the limit: a request that was sent (monotonic) before the last halving says nothing new. */
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

const FIRST_LIMIT = 64;
/** The range around the level that was too much. Within it, the limit grows by one a round. */
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

  get reached(): number {
    return this.#reached;
  }

  /** Takes one slot. Without a free slot, calls `onFree` when it is worth another try, in turn with other callers. */
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

import type { SlowBuckets } from "./limits.js";
import type { TrackedEvent } from "./tracked-event.js";

/** The share of the copies in flight that target buckets which fail slowly get together. */
const SLOW_SHARE = 1 / 8;
const MOST_SLOW = 500;
/** Removing fewer taken events from the array at once costs more than it saves. */
const LEAST_TO_TRIM = 64;

/**
 * The events that may start, in the order in which they came. Target buckets that fail slowly keep no others waiting:
 * together they get an eighth of the copies in flight. Pure and synchronous.
 */
export class ReadyEvents {
  readonly #slowBuckets: SlowBuckets;
  readonly #ready: TrackedEvent[] = [];
  /** The events before it were taken: `Array.shift` for each of them costs 3 % of a delivery. */
  #head = 0;
  readonly #slow: TrackedEvent[] = [];
  readonly #slowInFlight = new Set<TrackedEvent>();
  readonly #postponed: TrackedEvent[] = [];

  constructor(slowBuckets: SlowBuckets) {
    this.#slowBuckets = slowBuckets;
  }

  /** The events that wait for nothing but their turn. */
  get size(): number {
    return this.#ready.length - this.#head;
  }

  /** The events that wait because their bucket fails slowly. */
  get slowCount(): number {
    return this.#slow.length;
  }

  /** Since when the oldest could have been delivered; infinite if there is none. */
  get sinceMs(): number {
    const events = [...this.#slow, ...this.#ready.slice(this.#head)];
    return events.reduce(
      (oldestMs, { event }) => Math.min(oldestMs, event.sinceMs),
      Number.POSITIVE_INFINITY,
    );
  }

  add(tracked: TrackedEvent): void {
    tracked.state = "ready";
    this.#ready.push(tracked);
  }

  addFirst(tracked: TrackedEvent): void {
    tracked.state = "ready";
    this.#ready.splice(this.#head, 0, tracked);
  }

  /** Removes and returns the next event to start, where `limit` copies may be in flight. */
  take(limit: number): TrackedEvent | undefined {
    return this.#takeSlow(limit) ?? this.#takeReady(limit);
  }

  /** Removes and returns an event for which there was no room behind slow buckets. */
  takePostponed(): TrackedEvent | undefined {
    return this.#postponed.pop();
  }

  /** The copy of an event that was taken has ended. */
  ended(tracked: TrackedEvent): void {
    if (this.#slowInFlight.size > 0) this.#slowInFlight.delete(tracked);
  }

  /** Removes and returns all events. */
  clear(): readonly TrackedEvent[] {
    const waiting = [...this.#slow.splice(0), ...this.#ready.splice(this.#head)];
    this.#ready.length = 0;
    this.#head = 0;
    return waiting;
  }

  #takeSlow(limit: number): TrackedEvent | undefined {
    const first = this.#slow[0];
    if (first === undefined) return undefined;
    const isSlow = this.#isSlow(first);
    if (isSlow && !this.#hasSlowTurn(limit)) return undefined;
    if (isSlow) this.#slowInFlight.add(first);
    return this.#slow.shift();
  }

  #takeReady(limit: number): TrackedEvent | undefined {
    for (let next = this.#shift(); next !== undefined; next = this.#shift()) {
      if (!this.#isSlow(next)) return next;
      if (this.#hasSlowTurn(limit)) {
        this.#slowInFlight.add(next);
        return next;
      }
      if (this.#slow.length < MOST_SLOW) {
        next.state = "slow";
        this.#slow.push(next);
      } else this.#postponed.push(next);
    }
    return undefined;
  }

  #shift(): TrackedEvent | undefined {
    const first = this.#ready[this.#head];
    if (first === undefined) return undefined;
    this.#head += 1;
    if (this.#head >= LEAST_TO_TRIM && this.#head * 2 >= this.#ready.length) {
      this.#ready.splice(0, this.#head);
      this.#head = 0;
    }
    return first;
  }

  #isSlow({ event }: TrackedEvent): boolean {
    return this.#slowBuckets.has(event.to.bucket);
  }

  #hasSlowTurn(limit: number): boolean {
    return this.#slowInFlight.size < Math.max(1, Math.floor(limit * SLOW_SHARE));
  }
}

import type { Delivery, DueEvent } from "./due-event.js";
import { oldestSinceMs } from "./upcoming-events.js";

/** The share of the copies in flight that target buckets which fail slowly get together. */
const SLOW_SHARE = 1 / 8;
const MOST_SLOW = 500;
/** Removing fewer taken events from the array at the same time costs more than it saves. */
const LEAST_TO_TRIM = 64;

/** Events that may start, in the order of their arrival. Target buckets that fail slowly together get an eighth of the copies. */
export class ReadyEvents {
  readonly #slowBuckets: SlowBuckets;
  readonly #ready: DueEvent[] = [];
  /** The events before it were taken: `Array.shift` for each of them costs 3 % of a delivery. */
  #head = 0;
  readonly #slow: DueEvent[] = [];
  readonly #slowInFlight = new Set<DueEvent>();
  readonly #postponed: DueEvent[] = [];

  constructor(slowBuckets: SlowBuckets) {
    this.#slowBuckets = slowBuckets;
  }

  get size(): number {
    return this.#ready.length - this.#head;
  }

  get sinceMs(): number {
    return Math.min(oldestSinceMs(this.#slow), oldestSinceMs(this.#ready.slice(this.#head)));
  }

  add(event: DueEvent): void {
    this.#ready.push(event);
  }

  addFirst(event: DueEvent): void {
    this.#ready.splice(this.#head, 0, event);
  }

  /** Removes and returns the next event to start, where `limit` copies may be in flight. */
  take(limit: number): DueEvent | undefined {
    const [first] = this.#slow;
    if (first !== undefined && this.#hasTurn(first, limit)) return this.#slow.shift();
    for (let next = this.#shift(); next !== undefined; next = this.#shift()) {
      if (this.#hasTurn(next, limit)) return next;
      if (this.#slow.length < MOST_SLOW) this.#slow.push(next);
      else this.#postponed.push(next);
    }
    return undefined;
  }

  /** Removes and returns an event that had no room behind slow buckets. */
  takePostponed(): DueEvent | undefined {
    return this.#postponed.pop();
  }

  ended(event: DueEvent, delivery: Delivery, nowMs: number): void {
    if (this.#slowInFlight.size > 0) this.#slowInFlight.delete(event);
    const { outcome } = delivery;
    const hasFailed = outcome === "failed";
    const wasAsked = hasFailed
      ? delivery.wasAsked
      : outcome !== "untried" && outcome !== "backing-off";
    if (wasAsked) this.#slowBuckets.ended(event.to.bucket, hasFailed, nowMs - event.startedMs);
  }

  clear(): readonly DueEvent[] {
    const waiting = [...this.#slow.splice(0), ...this.#ready.slice(this.#head)];
    this.#ready.length = 0;
    this.#head = 0;
    return waiting;
  }

  #shift(): DueEvent | undefined {
    const first = this.#ready[this.#head];
    if (first === undefined) return undefined;
    this.#head += 1;
    if (this.#head >= LEAST_TO_TRIM && this.#head * 2 >= this.#ready.length) {
      this.#ready.splice(0, this.#head);
      this.#head = 0;
    }
    return first;
  }

  #hasTurn(event: DueEvent, limit: number): boolean {
    if (!this.#slowBuckets.has(event.to.bucket)) return true;
    if (this.#slowInFlight.size >= Math.max(1, Math.floor(limit * SLOW_SHARE))) return false;
    this.#slowInFlight.add(event);
    return true;
  }
}

/** A failure that takes this long keeps other events from their turn. */
const SLOW_MS = 2_000;
/** This many slow failures without another answer in between point to the bucket, not to an event. */
const SLOW_IN_A_ROW = 8;
/** Buckets beyond these count as quick. */
const MOST_SLOW_BUCKETS = 10_000;

/** The target buckets that have failed slowly several times in a row, as far as this sweeper has seen. */
export class SlowBuckets {
  readonly #slowInARow = new Map<string, number>();

  has(bucket: string): boolean {
    return (this.#slowInARow.get(bucket) ?? 0) >= SLOW_IN_A_ROW;
  }

  ended(bucket: string, hasFailed: boolean, tookMs: number): void {
    const slowInARow = this.#slowInARow.get(bucket) ?? 0;
    if (!hasFailed || tookMs < SLOW_MS) this.#slowInARow.delete(bucket);
    else if (slowInARow > 0 || this.#slowInARow.size < MOST_SLOW_BUCKETS) {
      this.#slowInARow.set(bucket, slowInARow + 1);
    }
  }
}

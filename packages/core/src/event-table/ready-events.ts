import type { Delivery, DueEvent } from "./due-event.js";
import { EventQueue } from "./event-queue.js";
import { oldestSinceMs } from "./upcoming-events.js";

/** The share of the copies in flight that target buckets which fail slowly get together. */
const SLOW_SHARE = 1 / 8;
const MOST_SLOW = 500;

/** Events that may start, in the order of their arrival. Target buckets that fail slowly together get an eighth of the copies. */
export class ReadyEvents {
  readonly #slowBuckets: SlowBuckets;
  readonly #ready = new EventQueue();
  readonly #slow: DueEvent[] = [];
  readonly #slowInFlight = new Set<DueEvent>();
  readonly #postponed: DueEvent[] = [];

  constructor(slowBuckets: SlowBuckets) {
    this.#slowBuckets = slowBuckets;
  }

  get size(): number {
    return this.#ready.size;
  }

  /** Whether there is an event that `take` may return. */
  get hasNext(): boolean {
    return this.#ready.size + this.#slow.length > 0;
  }

  get sinceMs(): number {
    return Math.min(oldestSinceMs(this.#slow), this.#ready.sinceMs);
  }

  add(event: DueEvent): void {
    this.#ready.add(event);
  }

  addFirst(event: DueEvent): void {
    this.#ready.addFirst(event);
  }

  /** Removes and returns the next event to start, where `limit` copies may be in flight. */
  take(limit: number): DueEvent | undefined {
    const [first] = this.#slow;
    if (first !== undefined && this.#hasTurn(first, limit)) return this.#slow.shift();
    for (let next = this.#ready.take(); next !== undefined; next = this.#ready.take()) {
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
    this.#slowBuckets.settled(event, delivery, nowMs);
  }

  clear(): readonly DueEvent[] {
    return [...this.#slow.splice(0), ...this.#ready.clear()];
  }

  #hasTurn(event: DueEvent, limit: number): boolean {
    if (!this.#slowBuckets.has(event.to.bucket)) return true;
    if (this.#slowInFlight.size >= Math.max(1, Math.floor(limit * SLOW_SHARE))) return false;
    this.#slowInFlight.add(event);
    return true;
  }
}

/** These outcomes say nothing about the target's bucket. */
const UNASKED: readonly Delivery["outcome"][] = ["untried", "backing-off", "postponed", "expired"];
/** A failure that takes this long keeps other events from their turn. */
const SLOW_MS = 2_000;
/** This many slow failures without another answer in between point to the bucket, not to an event. */
const SLOW_IN_A_ROW = 8;
/** Buckets beyond these count as quick. */
const MOST_SLOW_BUCKETS = 10_000;

/** The target buckets, and destinations, that have failed slowly several times in a row, as far as this sweeper has seen. */
export class SlowBuckets {
  readonly #slowInARow = new Map<string, number>();

  has(bucket: string): boolean {
    return (this.#slowInARow.get(bucket) ?? 0) >= SLOW_IN_A_ROW;
  }

  /** A delivery has ended. It says something about the bucket only if that was asked. */
  settled({ to, startedMs }: DueEvent, delivery: Delivery, nowMs: number): void {
    const { outcome } = delivery;
    const hasFailed = outcome === "failed";
    const wasAsked = hasFailed ? delivery.wasAsked : !UNASKED.includes(outcome);
    if (wasAsked) this.ended(to.bucket, hasFailed, nowMs - startedMs);
  }

  ended(bucket: string, hasFailed: boolean, tookMs: number): void {
    const slowInARow = this.#slowInARow.get(bucket) ?? 0;
    if (!hasFailed || tookMs < SLOW_MS) this.#slowInARow.delete(bucket);
    else if (slowInARow > 0 || this.#slowInARow.size < MOST_SLOW_BUCKETS) {
      this.#slowInARow.set(bucket, slowInARow + 1);
    }
  }
}

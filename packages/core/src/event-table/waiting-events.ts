import type { Delivery, DueEvent } from "./event-states.js";

/** Events that wait for their instants, or are due and wait for room: in order of their instants, at most `most` of them. */
export class UpcomingEvents {
  readonly #most: number;
  readonly #events: DueEvent[] = [];
  #isCut = false;

  constructor(most: number) {
    this.#most = most;
  }

  /** When the first is due, in epoch milliseconds; infinite without events. */
  get nextMs(): number {
    return this.#events[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  get sinceMs(): number {
    return oldestSinceMs(this.#events);
  }

  /** Events had no room in this listing, and enough of it is free now that it pays to list again. */
  get isWorthListing(): boolean {
    return this.#isCut && this.#events.length <= this.#most / 2;
  }

  startListing(): void {
    this.#isCut = false;
  }

  /** Adds an event in its place. Returns the event that has no room: the latest, which may be the new one. */
  add(event: DueEvent): DueEvent | undefined {
    const before = this.#events.findLastIndex((other) => isBefore(other, event));
    this.#events.splice(before + 1, 0, event);
    if (this.#events.length <= this.#most) return undefined;
    this.#isCut = true;
    return this.#events.pop();
  }

  /** Removes and returns the first event if it is due. */
  takeDue(nowMs: number): DueEvent | undefined {
    return this.nextMs <= nowMs ? this.#events.shift() : undefined;
  }

  /** Removes and returns all events. */
  clear(): readonly DueEvent[] {
    return this.#events.splice(0);
  }
}

/** By due instant, then as listed. */
function isBefore(one: DueEvent, other: DueEvent): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.key < other.key);
}

/** Since when the oldest could have been delivered; infinite without events. */
function oldestSinceMs(events: readonly DueEvent[]): number {
  return events.reduce(
    (oldestMs, { sinceMs }) => Math.min(oldestMs, sinceMs),
    Number.POSITIVE_INFINITY,
  );
}

/** The share of the copies in flight that target buckets which fail slowly get together. */
const SLOW_SHARE = 1 / 8;
const MOST_SLOW = 500;
/** Removing fewer taken events from the array at the same time costs more than it saves. */
const LEAST_TO_TRIM = 64;

/**
 * Events that may start, in the order of their arrival. Target buckets that fail slowly do not hold up others: together
 * they get an eighth of the copies in flight.
 */
export class ReadyEvents {
  readonly #slowBuckets: SlowBuckets;
  readonly #ready: DueEvent[] = [];
  /** The events before it were taken: `Array.shift` for each of them costs 3 % of a delivery. */
  #head = 0;
  /** Their buckets fail slowly. */
  readonly #slow: DueEvent[] = [];
  readonly #slowInFlight = new Set<DueEvent>();
  readonly #postponed: DueEvent[] = [];

  constructor(slowBuckets: SlowBuckets) {
    this.#slowBuckets = slowBuckets;
  }

  /** The events that wait only for their turn. */
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

  /** The copy of an event that was taken has ended. */
  ended(event: DueEvent, delivery: Delivery, nowMs: number): void {
    if (this.#slowInFlight.size > 0) this.#slowInFlight.delete(event);
    const answer = answerOf(delivery);
    if (answer === undefined) return;
    this.#slowBuckets.ended(event.to.bucket, answer, nowMs - event.startedMs);
  }

  /** Removes and returns all events. */
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

/** The answer of the target's bucket; `undefined` if no request was sent to it. */
function answerOf(delivery: Delivery): "succeeded" | "failed" | undefined {
  switch (delivery.outcome) {
    case "failed":
      return delivery.wasAsked ? "failed" : undefined;
    case "untried":
    case "backing-off":
      return undefined;
    default:
      return "succeeded";
  }
}

/** A failure that takes this long keeps other events from their turn. */
const SLOW_MS = 2_000;
/** This many slow failures without another answer in between point to the bucket, not to an event. */
const SLOW_IN_A_ROW = 8;

/** The target buckets that have failed slowly several times in a row, as far as this sweeper has seen. */
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

/**
 * How many copies may be in flight. Finds out what the store can take: starts at 64, doubles with each round of
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
/** The range around the level that was too much. Within it, the limit grows by one a round. */
const NEAR = 0.1;
/** Growth of the limit in a round of successes outside that range. */
const QUICK_GROWTH = 1 / 8;

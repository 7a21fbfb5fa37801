import type { DueEvent } from "./due-event.js";
import { EventQueue } from "./event-queue.js";
import type { SlowBuckets } from "./ready-events.js";

/** What a destination can take, as far as the sweeper knows. */
export interface LaneDestination {
  readonly name: string;
  /** The most deliveries in flight. */
  readonly concurrency: number;
  /** It wants no events before (monotonic). */
  readonly pausedUntilMs: number;
}

export interface LaneOptions {
  /** The most events of one destination that are ready, queued or calling. */
  readonly mostOnTheWay: number;
  readonly slowBuckets: Pick<SlowBuckets, "has">;
  /**
   * How long a sweep waits for the end of a pause, at a time (both monotonic).
   * @default not at all
   */
  readonly waitsUntilMs?: ((nowMs: number) => number) | undefined;
}

/** A destination that has kept the listing waiting for this long is slow. */
const SLOW_MS = 2_000;
/** Of a destination that fails slowly, this many events for each delivery in flight are on the way. */
const MOST_FAILING = 2;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * The events of one destination that are on their way, so that it never holds up others. While the destination is quick, the listing
 * waits when the lane is full. Once it is slow or wants no events, what has no room stays in the schedule for a later listing.
 * Pure and synchronous.
 */
export class Lane {
  readonly destination: LaneDestination;
  readonly #options: LaneOptions;
  readonly #ready = new EventQueue();
  #onTheWay = 0;
  #isFull = false;
  /** Since when it is full, as far as `take` has seen (monotonic). */
  #fullSinceMs: number | undefined;
  /** It was full for too long, and has not been empty since. */
  #isSlow = false;
  /** It wants no events for longer than this sweep waits. */
  #isClosed = false;

  constructor(destination: LaneDestination, options: LaneOptions) {
    this.destination = destination;
    this.#options = options;
  }

  get hasReady(): boolean {
    return this.#ready.size > 0;
  }

  get sinceMs(): number {
    return this.#ready.sinceMs;
  }

  /** Whether the listing should wait until there is room. */
  get holdsUp(): boolean {
    return this.#isFull && !this.#keepsOut;
  }

  /** Whether another event may wait. A quick lane always accepts it, because the listing waits for room. */
  get accepts(): boolean {
    return !this.#isClosed && (!this.#keepsOut || this.#onTheWay < this.#most);
  }

  /** An event has come (1) or ended (-1). */
  count(change: number): void {
    this.#onTheWay += change;
    if (this.#onTheWay >= this.#options.mostOnTheWay) this.#isFull = true;
    if (this.#onTheWay > this.#options.mostOnTheWay / 2) return;
    this.#isFull = false;
    this.#fullSinceMs = undefined;
    if (this.#onTheWay === 0) this.#isSlow = false;
  }

  add(event: DueEvent): void {
    this.#ready.add(event);
  }

  addFirst(event: DueEvent): void {
    this.#ready.addFirst(event);
  }

  /** Whether there is an event that the destination wants now. All times are monotonic. */
  hasNext(nowMs: number): boolean {
    return this.hasReady && this.destination.pausedUntilMs <= nowMs;
  }

  take(nowMs: number): DueEvent | undefined {
    return this.hasNext(nowMs) ? this.#ready.take() : undefined;
  }

  /** Removes and returns an event that waits without a prospect: the destination fails slowly, or wants none for too long. */
  takePostponed(nowMs: number): DueEvent | undefined {
    this.#look(nowMs);
    const isHopeless = this.#isClosed || (this.#isFailing && this.#onTheWay > this.#most);
    return isHopeless ? this.#ready.takeLast() : undefined;
  }

  clear(): readonly DueEvent[] {
    return this.#ready.clear();
  }

  /** When `take` should be called again although nothing has ended; infinite if it need not be. */
  nextMs(nowMs: number): number {
    const { pausedUntilMs } = this.destination;
    const isPaused = this.hasReady && pausedUntilMs > nowMs;
    const isSlowFromMs = this.holdsUp ? (this.#fullSinceMs ?? nowMs) + SLOW_MS : NEVER;
    return Math.min(isPaused ? pausedUntilMs : NEVER, isSlowFromMs);
  }

  get #isFailing(): boolean {
    return this.#options.slowBuckets.has(this.destination.name);
  }

  get #keepsOut(): boolean {
    return this.#isSlow || this.#isClosed || this.#isFailing;
  }

  get #most(): number {
    const { mostOnTheWay } = this.#options;
    if (!this.#isFailing) return mostOnTheWay;
    return Math.min(mostOnTheWay, MOST_FAILING * this.destination.concurrency);
  }

  #look(nowMs: number): void {
    const waitsUntilMs = this.#options.waitsUntilMs?.(nowMs) ?? nowMs;
    this.#isClosed = this.destination.pausedUntilMs > waitsUntilMs;
    if (!this.#isFull) return;
    this.#fullSinceMs ??= nowMs;
    if (nowMs >= this.#fullSinceMs + SLOW_MS) this.#isSlow = true;
  }
}

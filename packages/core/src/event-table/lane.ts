import type { DueEvent } from "./due-event.js";
import { EventQueue } from "./event-queue.js";
import { LeftEvents } from "./left-events.js";
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

/** Of a destination that fails slowly, this many events for each delivery in flight are on the way. */
const MOST_FAILING = 2;

/**
 * The events of one destination that are on their way, so that it never holds up others: the listing goes on when the lane is full,
 * and what has no room stays in the schedule until it is listed again. Pure and synchronous.
 */
export class Lane {
  readonly destination: LaneDestination;
  readonly left = new LeftEvents();
  readonly #options: LaneOptions;
  readonly #ready = new EventQueue();
  #onTheWay = 0;
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

  /** Whether an event may come in now. Otherwise it stays in the schedule, and every newer one with it. */
  takes(event: DueEvent, isListed: boolean): boolean {
    const isLeft = isListed && this.left.isRefilled(event);
    const hasRoom = !this.#isClosed && this.#onTheWay < this.#most;
    const isTaken = hasRoom && !this.left.mustStay(event, isListed);
    if (isLeft) this.left.count -= 1;
    if (!isTaken) this.left.add(event);
    return isTaken;
  }

  /** Whether what was left may come in soon. A destination that fails slowly gets it with the next listing of everything. */
  get mayRefill(): boolean {
    return this.left.fromKey !== undefined && !this.#isClosed && !this.#isFailing;
  }

  /** Whether there is so much room that it pays to list again what was left up to a key. */
  isWorthRefilling(throughKey: string): boolean {
    const isListed = (this.left.fromKey ?? throughKey) <= throughKey;
    return this.mayRefill && isListed && this.#onTheWay <= this.#options.mostOnTheWay / 2;
  }

  /** An event has come (1) or ended (-1). */
  count(change: number): void {
    this.#onTheWay += change;
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
    return this.hasReady && pausedUntilMs > nowMs ? pausedUntilMs : Number.POSITIVE_INFINITY;
  }

  get #isFailing(): boolean {
    return this.#options.slowBuckets.has(this.destination.name);
  }

  get #most(): number {
    const { mostOnTheWay } = this.#options;
    if (!this.#isFailing) return mostOnTheWay;
    return Math.min(mostOnTheWay, MOST_FAILING * this.destination.concurrency);
  }

  #look(nowMs: number): void {
    const waitsUntilMs = this.#options.waitsUntilMs?.(nowMs) ?? nowMs;
    this.#isClosed = this.destination.pausedUntilMs > waitsUntilMs;
  }
}

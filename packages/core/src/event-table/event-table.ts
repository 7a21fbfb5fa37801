import type { TargetGuard } from "../targets/allow-targets.js";
import { DeleteBatches } from "./delete-batches.js";
import type { Delivery, DueEvent } from "./due-event.js";
import { EventOutcomes } from "./event-outcomes.js";
import { EventStates } from "./event-states.js";
import type { Lane, LaneDestination } from "./lane.js";
import { Lanes } from "./lanes.js";
import { ReadyEvents, type SlowBuckets } from "./ready-events.js";
import { Refill } from "./refill.js";
import { RejectedEvents } from "./rejected-events.js";
import { TargetQueues } from "./target-queues.js";
import { UpcomingEvents } from "./upcoming-events.js";

export interface EventTableOptions {
  readonly targets: TargetGuard;
  /** How many copies may be in flight. */
  readonly concurrency: { readonly current: number; succeeded(): void };
  readonly slowBuckets: SlowBuckets;
  /** The destinations that take events instead of a copy, by the target buckets that name them. */
  readonly destinations?: ReadonlyMap<string, LaneDestination> | undefined;
  /** How long the sweep waits for a destination that wants no events, at a time (both monotonic). */
  readonly waitsUntilMs?: ((nowMs: number) => number) | undefined;
  /** Events between their admission and their confirmed delete, at most. */
  readonly mostInMemory: number;
  readonly mostUpcoming: number;
  readonly deleteBatchSize: number;
  readonly dryRun: boolean;
  /** Keys may be listed more than once. */
  readonly listsAgain: boolean;
}

/** Enough that copies never wait for a page. */
const MOST_READY = 1_000;

/**
 * The events of a sweep of one partition: one state each (`EventState`), and what may be done next. Pure and synchronous: no
 * promise, no timer, no callback. `run-table.ts` sends the requests and reports their outcomes back.
 */
export class EventTable {
  readonly states: EventStates;
  readonly upcoming: UpcomingEvents;
  readonly ready: ReadyEvents;
  readonly queues = new TargetQueues();
  readonly rejected: RejectedEvents;
  readonly deletes: DeleteBatches;
  readonly lanes: Lanes;
  readonly refill: Refill;
  readonly outcomes: EventOutcomes;
  concurrencyReached = 0;
  readonly #options: EventTableOptions;
  #isStopped = false;

  constructor(options: EventTableOptions) {
    this.#options = options;
    const { mostInMemory, slowBuckets, waitsUntilMs, destinations } = options;
    this.lanes = new Lanes(mostInMemory, { slowBuckets, waitsUntilMs }, destinations);
    this.states = new EventStates(options.listsAgain, this.lanes);
    this.upcoming = new UpcomingEvents(options.mostUpcoming);
    this.ready = new ReadyEvents(options.slowBuckets);
    this.deletes = new DeleteBatches(options.deleteBatchSize);
    this.rejected = new RejectedEvents(this, options);
    this.refill = new Refill(this);
    this.outcomes = new EventOutcomes(this);
  }

  /**
   * Admits a listed event: it starts if it is due and there is room, otherwise it waits for that, or its lane leaves it in the
   * schedule. An event that is already known is ignored. Returns false if there is no room for it, nor for any later one: list
   * again when `isWorthListing`.
   * Not `isListed`: it has just been stored, wherever the listing is.
   */
  admit(event: DueEvent, nowMs: number, isListed = true): boolean {
    const known = this.states.meet(event, isListed);
    if (known !== undefined) {
      if (known.state !== "upcoming") this.queues.seen(event);
      return true;
    }
    this.startDue(nowMs);
    if (event.atMs > nowMs || this.upcoming.nextMs <= nowMs) return this.#wait(event);
    if (isListed) this.queues.seen(event);
    this.#start(event, isListed);
    return true;
  }

  /** Starts the events whose instant has come, the oldest first, as far as there is room. */
  startDue(nowMs: number): void {
    while (this.#hasSpace) {
      const due = this.upcoming.takeDue(nowMs);
      if (due === undefined) return;
      this.#start(due, false);
    }
  }

  get hasCopy(): boolean {
    return this.ready.hasNext && this.states.counts.copying < this.#options.concurrency.current;
  }

  /** Returns the next event to copy, as far as concurrency, slow buckets and order allow. From here on, `nowMs` is monotonic. */
  nextCopy(nowMs: number): DueEvent | undefined {
    if (!this.hasCopy) return undefined;
    const next = this.ready.take(this.#options.concurrency.current);
    for (let late = this.ready.takePostponed(); late; late = this.ready.takePostponed()) {
      this.outcomes.stays(late, "postponed");
    }
    if (next === undefined) return undefined;
    next.startedMs = nowMs;
    this.states.move(next, "copying");
    this.concurrencyReached = Math.max(this.concurrencyReached, this.states.counts.copying);
    return next;
  }

  copyEnded(event: DueEvent, delivery: Delivery, nowMs: number): void {
    this.ready.ended(event, delivery, nowMs);
    if (delivery.outcome === "delivered") this.#options.concurrency.succeeded();
    this.outcomes.deliveryEnded(event, delivery, nowMs);
  }

  /** Leaves the events in the schedule that wait for a destination without a prospect. */
  postponeCalls(destination: string, nowMs: number): void {
    const lane = this.lanes.of(destination);
    for (let late = lane?.takePostponed(nowMs); late; late = lane?.takePostponed(nowMs)) {
      this.outcomes.stays(late, "postponed");
    }
  }

  hasCall(destination: string, nowMs: number): boolean {
    return this.lanes.of(destination)?.hasNext(nowMs) ?? false;
  }

  /** Returns the next event to call a destination with. The caller knows how many calls may be in flight. */
  nextCall(destination: string, nowMs: number): DueEvent | undefined {
    const next = this.lanes.of(destination)?.take(nowMs);
    if (next === undefined) return undefined;
    next.startedMs = nowMs;
    this.states.move(next, "calling");
    return next;
  }

  callEnded(event: DueEvent, delivery: Delivery, nowMs: number): void {
    this.#options.slowBuckets.settled(event, delivery, nowMs);
    this.outcomes.deliveryEnded(event, delivery, nowMs);
  }

  /** Nothing more may start: events that have not started stay as untried. */
  stop(dueNowMs: number): void {
    this.#isStopped = true;
    const waiting = [...this.ready.clear(), ...this.lanes.clear(), ...this.queues.clear()];
    for (const event of waiting) this.states.left(event, "untried");
    for (const event of this.upcoming.clear()) {
      if (event.atMs <= dueNowMs) this.#start(event, false);
      else this.states.end(event);
    }
  }

  startListing(): void {
    this.states.startListing();
    this.queues.startListing();
    this.lanes.startListing();
    this.rejected.startListing();
    this.upcoming.startListing();
  }

  /** Everything in the range has been admitted, or left by its lane. */
  endListing(): void {
    this.states.endListing();
    this.queues.endListing();
    this.lanes.endListing();
  }

  hasRoom(dueNowMs: number): boolean {
    return this.#hasSpace && this.upcoming.nextMs > dueNowMs;
  }

  /** The same with room to spare: a listing that waits is woken once it pays, not for each event. */
  hasAmpleRoom(dueNowMs: number): boolean {
    return this.ready.size <= MOST_READY / 2 && this.hasRoom(dueNowMs);
  }

  /** When the next event can start, in epoch milliseconds; infinite without such an event, and without room. */
  get nextDueMs(): number {
    return this.#hasSpace ? this.upcoming.nextMs : Number.POSITIVE_INFINITY;
  }

  /** Since when the oldest event that waits for its turn could have been delivered; infinite without events. */
  get waitingSinceMs(): number {
    return Math.min(this.ready.sinceMs, this.upcoming.sinceMs, this.lanes.sinceMs);
  }

  /** Reports what lanes have left in the schedule for a later sweep. */
  reportLeft(): void {
    for (const { destination, left } of this.lanes) {
      const { count, atMs } = left;
      if (count === 0) continue;
      this.states.due(count);
      const dueAt = new Date(atMs);
      this.states.record({ type: "postponed", destination: destination.name, count, dueAt });
    }
  }

  /** Events are with their destinations, or wait for them. */
  get isCalling(): boolean {
    return this.states.counts.calling > 0 || this.lanes.hasReady;
  }

  get #hasSpace(): boolean {
    return this.ready.size < MOST_READY && this.states.inMemory < this.#options.mostInMemory;
  }

  #wait(event: DueEvent): boolean {
    if (this.#isStopped) return true;
    this.states.move(event, "upcoming");
    const latest = this.upcoming.add(event);
    if (latest !== undefined) this.states.forget(latest);
    return latest !== event;
  }

  #start(event: DueEvent, isListed: boolean): void {
    const { targets, dryRun } = this.#options;
    const lane = this.#isStopped ? undefined : this.lanes.of(event.to.bucket);
    if (lane?.takes(event, isListed) === false) {
      this.states.forget(event);
      return;
    }
    this.states.due();
    if (!targets.isAllowed(event.to)) this.rejected.refuse(event);
    else if (dryRun) this.states.end(event);
    else if (this.#isStopped) this.states.left(event, "untried");
    else this.#enqueue(event, isListed, lane);
  }

  #enqueue(event: DueEvent, isListed: boolean, lane: Lane | undefined): void {
    const admission = this.queues.admit(event, isListed);
    if (admission === "start") {
      this.states.move(event, "ready");
      (lane ?? this.ready).add(event);
    } else if (admission === "wait") {
      this.states.move(event, "queued");
      this.deletes.hurry(); // the older event may wait to be deleted
    } else this.states.left(event, admission);
  }
}

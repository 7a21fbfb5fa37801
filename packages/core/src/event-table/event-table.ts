import type { DeleteResult } from "../store/object-store.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import type { TargetGuard } from "../targets/allow-targets.js";
import { DeleteBatches } from "./delete-batches.js";
import type { Delivery, FailedDelivery } from "./delivery.js";
import type { DueEvent } from "./due-event.js";
import { KnownEvents } from "./known-events.js";
import type { ConcurrencyLimit, SlowBuckets } from "./limits.js";
import { ReadyEvents } from "./ready-events.js";
import { type RejectedEvent, RejectedEvents } from "./rejected-events.js";
import { SweepLog } from "./sweep-log.js";
import { type Blocked, TargetQueues } from "./target-queues.js";
import { TrackedEvent } from "./tracked-event.js";
import { UpcomingEvents } from "./upcoming-events.js";

export interface EventTableOptions {
  readonly targets: TargetGuard;
  readonly concurrency: ConcurrencyLimit;
  /** What the sweeper has seen of its target buckets. */
  readonly slowBuckets: SlowBuckets;
  /** Events between their admission and their confirmed delete, at most. */
  readonly mostInMemory: number;
  readonly mostUpcoming: number;
  readonly deleteBatchSize: number;
  /** Only counts what is due. */
  readonly dryRun: boolean;
  /** Whether the schedule is listed more than once. */
  readonly listsAgain: boolean;
}

/** What became of an event on its way to the dead letters. */
export type DeadLetterOutcome =
  | { readonly outcome: "stored" | "gone" | "untried" }
  | { readonly outcome: "failed"; readonly error: ObjectStoreError };

const MOST_TRACKED_TARGETS = 100_000;
/** Enough that copies never wait for a page. */
const MOST_READY = 1_000;

/**
 * The events of a sweep of one partition: one state each (`tracked-event.ts`), and what may be done next. Pure and
 * synchronous: no promise, no timer, no callback. `run-table.ts` sends the requests and reports their outcomes back.
 */
export class EventTable {
  /** What has happened, for the observer, the report and the next sweep. */
  readonly log = new SweepLog();
  readonly #options: EventTableOptions;
  readonly #known: KnownEvents;
  readonly #queues = new TargetQueues<TrackedEvent>(MOST_TRACKED_TARGETS);
  readonly #upcoming: UpcomingEvents<TrackedEvent>;
  readonly #ready: ReadyEvents;
  readonly #rejected = new RejectedEvents();
  readonly #deletes: DeleteBatches;
  #queued = 0;
  #copying = 0;
  #deleting = 0;
  #deadLettering = 0;
  #concurrencyReached = 0;
  /** Events had no room in this listing. */
  #isCut = false;
  #isStopped = false;
  #hasDeadLettersStarted = false;

  constructor(options: EventTableOptions) {
    this.#options = options;
    this.#known = new KnownEvents(options.listsAgain);
    this.#upcoming = new UpcomingEvents(options.mostUpcoming);
    this.#ready = new ReadyEvents(options.slowBuckets);
    this.#deletes = new DeleteBatches(options.deleteBatchSize);
  }

  /**
   * Admits a listed event: it starts if it is due and there is room, otherwise it waits for that. An event that is already
   * known is ignored. Returns false if there is no room for it, nor for any later one: list again when `isWorthListing`.
   */
  admit(event: DueEvent, nowMs: number): boolean {
    const known = this.#known.meet(event.key);
    if (known !== undefined) {
      const isUpcoming = known !== "released" && known.state === "upcoming";
      if (!isUpcoming) this.#queues.seen(event);
      return true;
    }
    this.startDue(nowMs);
    const tracked = new TrackedEvent(event);
    if (event.atMs > nowMs || this.#isDueWithoutRoom(nowMs)) return this.#wait(tracked);
    this.#queues.seen(event);
    this.#start(tracked, true);
    return true;
  }

  /** Starts the events whose instant has come, the oldest first, as far as there is room. */
  startDue(nowMs: number): void {
    while (this.#hasSpace) {
      const due = this.#upcoming.takeDue(nowMs);
      if (due === undefined) return;
      this.#start(due, false);
    }
  }

  /** Whether `nextCopy` may return an event. */
  get hasCopy(): boolean {
    const hasReady = this.#ready.size + this.#ready.slowCount > 0;
    return hasReady && this.#copying < this.#options.concurrency.current;
  }

  /** Returns the next event to copy, as far as concurrency, slow buckets and order allow. */
  nextCopy(): TrackedEvent | undefined {
    if (!this.hasCopy) return undefined;
    const next = this.#ready.take(this.#options.concurrency.current);
    for (let late = this.#ready.takePostponed(); late; late = this.#ready.takePostponed()) {
      this.#stayWithQueue("postponed", late);
    }
    if (next === undefined) return undefined;
    next.state = "copying";
    this.#copying += 1;
    this.#concurrencyReached = Math.max(this.#concurrencyReached, this.#copying);
    return next;
  }

  /** Settles the copy of an event. All `nowMs` from here on are monotonic. */
  copyEnded(tracked: TrackedEvent, delivery: Delivery, nowMs: number): void {
    const { event } = tracked;
    this.#copying -= 1;
    this.#ready.ended(tracked);
    switch (delivery.outcome) {
      case "delivered":
        this.#options.concurrency.succeeded();
        this.log.delivered(event, delivery.latenessMs);
        if (delivery.isRemoved) this.#finish(tracked);
        else this.#delete(tracked, nowMs);
        break;
      case "found":
        this.log.add({ type: "already-delivered", id: event.id, to: event.to });
        this.#delete(tracked, nowMs);
        break;
      case "gone":
        this.log.add({ type: "gone", id: event.id });
        this.#finish(tracked);
        break;
      case "untried":
        this.#stayWithQueue("untried", tracked);
        break;
      case "backing-off":
        this.log.backingOff(event);
        this.#leave(tracked);
        break;
      case "failed":
        this.#failed(tracked, delivery);
    }
  }

  /** Returns the events of the delete request that should be sent now. */
  nextDeletes(nowMs: number): readonly TrackedEvent[] | undefined {
    return this.#deletes.next(nowMs);
  }

  /** Settles one event of a delete request. `retryAtMs`: its failure is worth another try then. */
  deleteEnded(tracked: TrackedEvent, result: DeleteResult, retryAtMs?: number): void {
    tracked.deleteAttempts += 1;
    if (result.outcome === "failed" && retryAtMs !== undefined) {
      this.#deletes.retry(tracked, retryAtMs);
      return;
    }
    this.#deleting -= 1;
    if (result.outcome === "gone") {
      this.#finish(tracked);
      return;
    }
    tracked.state = "undeleted";
    this.log.undeleted(tracked.event, result.error);
    this.#block(tracked, "blocked");
  }

  /** Every event of a delete request has been settled. */
  deleteRequestEnded(): void {
    this.#deletes.requestEnded();
  }

  /** From now on every delete is sent immediately. */
  drainDeletes(): void {
    this.#deletes.drain();
  }

  /** All other events are settled: decides what becomes of the rejected ones. Returns whether the circuit is open. */
  startDeadLetters(): boolean {
    this.#hasDeadLettersStarted = true;
    const { dueCount } = this.log;
    if (!this.#rejected.isCircuitOpen(dueCount)) return false;
    const isNothingElseDue = this.#rejected.isNothingElseDue(dueCount);
    for (const rejected of this.#rejected.takeHopeless()) {
      this.log.refused(rejected, isNothingElseDue);
    }
    return true;
  }

  /** Returns the next event to move to the dead letters. */
  nextDeadLetter(): RejectedEvent | undefined {
    const limit = this.#options.concurrency.current;
    if (!this.#hasDeadLettersStarted || this.#deadLettering >= limit) return undefined;
    const next = this.#rejected.take();
    if (next !== undefined) this.#deadLettering += 1;
    return next;
  }

  /** Settles an event that `nextDeadLetter` returned. */
  deadLetterEnded(rejected: RejectedEvent, result: DeadLetterOutcome, nowMs: number): void {
    const { tracked, reason, error, message } = rejected;
    const { event } = tracked;
    this.#deadLettering -= 1;
    switch (result.outcome) {
      case "stored":
        this.log.add({ type: "dead", id: event.id, reason, error, message });
        this.#delete(tracked, nowMs);
        break;
      case "gone":
        this.log.add({ type: "gone", id: event.id });
        break;
      case "untried":
        this.#stay("untried", tracked);
        break;
      case "failed":
        this.log.failed(event, result.error);
    }
  }

  /** Nothing more may start: events that have not started stay as untried. */
  stop(dueNowMs: number): void {
    this.#isStopped = true;
    const queued = this.#queues.clear();
    this.#queued -= queued.length;
    for (const tracked of [...this.#ready.clear(), ...queued]) this.#stay("untried", tracked);
    for (const tracked of this.#upcoming.clear()) {
      if (tracked.event.atMs <= dueNowMs) this.#start(tracked, false);
      else this.#known.release(tracked);
    }
  }

  /** The schedule is about to be listed again: everything that stays is met and counted again. */
  startListing(): void {
    this.log.relisted();
    this.#rejected.forgetWithoutRoom();
    this.#known.startListing();
    this.#queues.startListing();
    this.#isCut = false;
  }

  /** The whole range has been listed. */
  endListing(): void {
    this.#queues.endListing();
  }

  /** Whether another event can be admitted. */
  hasRoom(dueNowMs: number): boolean {
    return this.#hasSpace && !this.#isDueWithoutRoom(dueNowMs);
  }

  /** The same with room to spare: a listing that waits is woken once it pays, not for each event. */
  hasAmpleRoom(dueNowMs: number): boolean {
    return this.#ready.size <= MOST_READY / 2 && this.hasRoom(dueNowMs);
  }

  /** Events had no room in the last listing, and there is enough of it now. */
  get isWorthListing(): boolean {
    return this.#isCut && this.#upcoming.isHalfEmpty;
  }

  /** Every admitted event has been copied, or stays. */
  get isDelivered(): boolean {
    return this.#upcoming.size + this.#unstarted + this.#copying === 0;
  }

  /** No event is on its way to the dead letters. */
  get isDeadLettered(): boolean {
    return this.#deadLettering === 0;
  }

  /** Every delete has been answered. */
  get isDeleted(): boolean {
    return this.#deleting === 0;
  }

  /** When the next event is due for which there is room, in epoch milliseconds. */
  get nextDueMs(): number | undefined {
    return this.#hasSpace ? this.#upcoming.nextMs : undefined;
  }

  /** When to call `nextDeletes` again if nothing else happens. */
  get nextDeletesMs(): number | undefined {
    return this.#deletes.nextMs;
  }

  /** Since when the oldest event that waits for its turn could have been delivered; infinite if none waits. */
  get unstartedSinceMs(): number {
    return Math.min(this.#ready.sinceMs, this.#upcoming.sinceMs); // events that are due may lack room
  }

  /** More targets at once than could be tracked. */
  get isOrderUncertain(): boolean {
    return this.#queues.isOrderUncertain;
  }

  /** The most copies that were in flight at once. */
  get concurrencyReached(): number {
    return this.#concurrencyReached;
  }

  get #unstarted(): number {
    return this.#ready.size + this.#ready.slowCount + this.#queued;
  }

  get #hasSpace(): boolean {
    const inMemory = this.#unstarted + this.#copying + this.#deleting;
    return this.#ready.size < MOST_READY && inMemory < this.#options.mostInMemory;
  }

  #isDueWithoutRoom(dueNowMs: number): boolean {
    const { nextMs } = this.#upcoming;
    return nextMs !== undefined && nextMs <= dueNowMs;
  }

  #wait(tracked: TrackedEvent): boolean {
    if (this.#isStopped) return true;
    this.#known.track(tracked);
    const latest = this.#upcoming.add(tracked);
    if (latest === undefined) return true;
    this.#isCut = true;
    this.#known.forget(latest);
    return latest !== tracked;
  }

  #start(tracked: TrackedEvent, isListed: boolean): void {
    const { event } = tracked;
    this.log.due();
    if (!this.#options.targets.isAllowed(event.to)) this.#reject(tracked);
    else if (this.#options.dryRun) this.#known.release(tracked);
    else if (this.#isStopped) this.#stay("untried", tracked);
    else this.#enqueue(tracked, isListed);
  }

  #enqueue(tracked: TrackedEvent, isListed: boolean): void {
    this.#known.track(tracked);
    const admission = this.#queues.admit(tracked, isListed);
    if (admission === "start") this.#ready.add(tracked);
    else if (admission === "wait") {
      tracked.state = "queued";
      this.#queued += 1;
      this.#deletes.hurry(); // the older event may wait to be deleted
    } else this.#stay(admission, tracked);
  }

  #reject(tracked: TrackedEvent): void {
    const message = this.#options.targets.whyRefused(tracked.event.to);
    const rejected = { tracked, reason: "target-not-allowed", error: undefined, message } as const;
    if (!this.#options.dryRun && this.#rejected.add(rejected)) {
      this.#known.track(tracked);
      return;
    }
    this.log.refused(rejected, false);
    this.#known.release(tracked);
  }

  #failed(tracked: TrackedEvent, { error, deadLetterReason: reason }: FailedDelivery): void {
    const { message } = error;
    const isRejected =
      reason !== undefined && this.#rejected.add({ tracked, reason, error, message });
    if (isRejected) {
      this.#block(tracked, "blocked");
      return;
    }
    this.log.failed(tracked.event, error);
    this.#leave(tracked);
  }

  #delete(tracked: TrackedEvent, nowMs: number): void {
    this.#deleting += 1;
    this.#deletes.add(tracked, nowMs);
    if (this.#queues.hasWaiting(tracked)) this.#deletes.hurry();
  }

  /** The event has left the schedule: the next one of its target goes now. */
  #finish(tracked: TrackedEvent): void {
    this.#known.release(tracked);
    const next = this.#queues.finish(tracked);
    if (next === undefined) return;
    this.#queued -= 1;
    next.isFreed = true;
    this.#ready.addFirst(next);
  }

  /** The event stays and has been reported; newer ones of its target stay with it. */
  #leave(tracked: TrackedEvent): void {
    this.#known.release(tracked);
    this.#block(tracked, "blocked");
  }

  #stayWithQueue(how: Blocked, tracked: TrackedEvent): void {
    this.#stay(how, tracked);
    this.#block(tracked, how);
  }

  #block(tracked: TrackedEvent, how: Blocked): void {
    for (const newer of this.#queues.block(tracked, how)) {
      this.#queued -= 1;
      this.#stay(how, newer);
    }
  }

  #stay(reason: Blocked, tracked: TrackedEvent): void {
    this.log.stays(tracked.event, reason);
    this.#known.release(tracked);
  }
}

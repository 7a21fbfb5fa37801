import { onAbort } from "../callbacks.js";
import { hasCode } from "../errors.js";
import type { Delivery } from "../event-table/delivery.js";
import type { DueEvent } from "../event-table/due-event.js";
import { type DeadLetterOutcome, EventTable } from "../event-table/event-table.js";
import { ConcurrencyLimit, type CopyObstacle, copyObstacle } from "../event-table/limits.js";
import type { RejectedEvent } from "../event-table/rejected-events.js";
import type { TrackedEvent } from "../event-table/tracked-event.js";
import { createTryHistory } from "../lease/history.js";
import { deleteAnswer } from "../requests/list-and-delete.js";
import { retryPauseMs } from "../requests/retry.js";
import type { DeleteResult } from "../store/object-store.js";
import { isStoreError, ObjectStoreError } from "../store/object-store-error.js";
import { storeDestination } from "../targets/destination.js";
import { deadLetterEvent } from "./dead-letter-event.js";
import { type DeliverContext, deliverEvent } from "./deliver-event.js";
import { isClockAhead, type SweepRun, stopForSkew } from "./sweep-run.js";

/** Events between admission and confirmed delete, of all partitions together; one partition gets at least what fills two deletes. */
const MOST_IN_MEMORY = 10_000;
const LEAST_IN_MEMORY = 2_000;
/** Events in memory that are not due yet, of all partitions together. */
const MOST_UPCOMING = 10_000;
const DELETE_ATTEMPTS = 4;

interface Waiter {
  readonly isMet: () => boolean;
  readonly resolve: () => void;
}

interface Timer {
  /** Monotonic. */
  readonly atMs: number;
  readonly abort: AbortController;
}

/**
 * Performs what the table of a partition asks for: the only place that starts copies, dead letters and deletes. Each
 * outcome is reported to the table, which then says what to do next.
 */
export class TableRunner {
  readonly table: EventTable;
  readonly #run: SweepRun;
  readonly #limit: ConcurrencyLimit;
  readonly #context: DeliverContext;
  #areDeletesAborted = false;
  #broken: { readonly error: unknown } | undefined;
  #waiter: Waiter | undefined;
  #timer: Timer | undefined;

  constructor(run: SweepRun) {
    const { options, store, shutdown } = run;
    this.#run = run;
    this.#limit = new ConcurrencyLimit(options.concurrency);
    this.table = new EventTable({
      targets: options.targets,
      concurrency: this.#limit,
      slowBuckets: options.slowBuckets,
      mostInMemory: Math.max(LEAST_IN_MEMORY, Math.floor(MOST_IN_MEMORY / options.partitionCount)),
      mostUpcoming: Math.ceil(MOST_UPCOMING / options.partitionCount),
      deleteBatchSize: store.capabilities.deleteBatchSize,
      dryRun: options.dryRun,
      listsAgain: options.ahead !== undefined,
    });
    this.#context = this.#createContext();
    onAbort(shutdown.startSignal, () => {
      this.table.stop(this.#dueNowMs());
      this.pump();
    });
    onAbort(shutdown.deleteSignal, () => {
      this.#areDeletesAborted = true;
      this.pump();
    });
  }

  /** Admits a listed event. Returns false if there is no room for it, nor for any later one. */
  admit(event: DueEvent): boolean {
    const isAdmitted = this.table.admit(event, this.#dueNowMs());
    this.#startCopies();
    return isAdmitted;
  }

  get hasRoom(): boolean {
    return this.table.hasRoom(this.#dueNowMs());
  }

  /** Resolves when it pays to admit more. */
  untilRoom(): Promise<void> {
    this.pump();
    return this.#until(() => this.table.hasAmpleRoom(this.#dueNowMs()));
  }

  /** Resolves when there is room for events that had none. A later wait replaces it. */
  untilWorthListing(): Promise<void> {
    return this.#until(() => this.table.isWorthListing);
  }

  /** Resolves when every admitted event has come to its end. Returns whether the circuit is open. */
  async finish(): Promise<boolean> {
    const { table } = this;
    this.pump();
    await this.#until(() => table.isDelivered);
    const isCircuitOpen = table.startDeadLetters();
    this.pump();
    await this.#until(() => table.isDeadLettered);
    table.drainDeletes();
    this.pump();
    await this.#until(() => table.isDeleted);
    this.#stopTimer();
    if (this.#broken !== undefined) throw this.#broken.error;
    return isCircuitOpen;
  }

  /** Not the store failed, but code, or a setting is wrong: the sweep stops, and `finish` throws the error. */
  #break(error: unknown): typeof UNTRIED {
    this.#broken ??= { error };
    this.#run.shutdown.stop("aborted");
    return UNTRIED;
  }

  #unanswered(cause: unknown): ObjectStoreError {
    this.#break(cause);
    const { bucket } = this.#run.home;
    const message = "the delete broke off";
    return new ObjectStoreError({
      code: "unexpected",
      operation: "delete",
      bucket,
      message,
      cause,
    });
  }

  /** Does everything that can be done now. */
  readonly pump = (): void => {
    const { table } = this;
    table.startDue(this.#dueNowMs());
    this.#startCopies();
    this.#startDeadLetters();
    this.#startDeletes();
    for (const event of table.log.take()) this.#run.report(event);
    if (this.#waiter?.isMet()) {
      const { resolve } = this.#waiter;
      this.#waiter = undefined;
      resolve();
    }
    this.#setTimer();
  };

  /** A sweep that does not look ahead delivers what was due when it began. */
  #dueNowMs(): number {
    return this.#run.options.ahead === undefined ? this.#run.untilMs : this.#run.now();
  }

  #startCopies(): void {
    const { sharedConcurrency } = this.#run.options;
    while (this.table.hasCopy) {
      if (sharedConcurrency?.take(this.pump) === false) return;
      const next = this.table.nextCopy();
      if (next === undefined) {
        sharedConcurrency?.free();
        return;
      }
      void this.#copy(next);
    }
  }

  async #copy(tracked: TrackedEvent): Promise<void> {
    const { clock } = this.#run.home;
    const { sharedConcurrency, slowBuckets } = this.#run.options;
    const startedMs = clock.monotonic();
    let delivery: Delivery;
    try {
      delivery = await deliverEvent(this.#context, tracked.event, tracked.isFreed);
    } catch (error) {
      delivery = this.#break(error);
    }
    const nowMs = clock.monotonic();
    const answer = answerOf(delivery);
    if (answer !== undefined) slowBuckets.ended(tracked.event.to.bucket, answer, nowMs - startedMs);
    this.table.copyEnded(tracked, delivery, nowMs);
    sharedConcurrency?.free();
    this.pump();
  }

  #startDeadLetters(): void {
    for (let next = this.table.nextDeadLetter(); next; next = this.table.nextDeadLetter()) {
      void this.#deadLetter(next);
    }
  }

  async #deadLetter(rejected: RejectedEvent): Promise<void> {
    const { home, store, shutdown } = this.#run;
    const { bucket, deadPrefix, clock } = home;
    const context = { store, bucket, deadPrefix, clock, signal: shutdown.copySignal };
    const mayStart = !shutdown.reason && this.#obstacleTo(0) === undefined;
    let outcome: DeadLetterOutcome;
    try {
      outcome = await (mayStart ? deadLetterEvent(context, rejected) : UNTRIED);
    } catch (error) {
      outcome = this.#break(error);
    }
    this.table.deadLetterEnded(rejected, outcome, clock.monotonic());
    this.pump();
  }

  #startDeletes(): void {
    if (this.table.nextDeletesMs === undefined) return;
    const nowMs = this.#deletesNowMs();
    for (let batch = this.table.nextDeletes(nowMs); batch; batch = this.table.nextDeletes(nowMs)) {
      void this.#delete(batch);
    }
  }

  /** Once deletes are aborted nothing waits for its time any more. */
  #deletesNowMs(): number {
    return this.#areDeletesAborted ? Number.POSITIVE_INFINITY : this.#run.home.clock.monotonic();
  }

  async #delete(batch: readonly TrackedEvent[]): Promise<void> {
    const { bucket, clock } = this.#run.home;
    const sentMs = clock.monotonic();
    const results = await this.#sendDelete(batch);
    for (const [index, tracked] of batch.entries()) {
      const ref = { bucket, key: tracked.event.key };
      this.#settleDelete(tracked, deleteAnswer(results, index, ref), sentMs);
    }
    this.table.deleteRequestEnded();
    this.pump();
  }

  /** A request that fails as a whole has failed for each of its keys. */
  async #sendDelete(batch: readonly TrackedEvent[]): Promise<readonly DeleteResult[]> {
    const { home, store, shutdown } = this.#run;
    const keys = batch.map(({ event }) => event.key);
    try {
      return await store.delete(home.bucket, keys, { signal: shutdown.deleteSignal });
    } catch (caught) {
      const error = isStoreError(caught) ? caught : this.#unanswered(caught);
      return batch.map(() => ({ outcome: "failed", error }));
    }
  }

  #settleDelete(tracked: TrackedEvent, result: DeleteResult, sentMs: number): void {
    const { home, shutdown } = this.#run;
    if (result.outcome === "gone") {
      this.table.deleteEnded(tracked, result);
      return;
    }
    const { error } = result;
    const attempt = tracked.deleteAttempts + 1;
    const isRetried =
      error.retryable && attempt < DELETE_ATTEMPTS && !shutdown.deleteSignal.aborted;
    if (isRetried && error.code === "throttled") this.#throttled(sentMs);
    const pauseMs = isRetried ? retryPauseMs(attempt, home.random) : 0;
    const retryAtMs = isRetried ? home.clock.monotonic() + pauseMs : undefined;
    this.table.deleteEnded(tracked, result, retryAtMs);
    // Copying on would deliver everything again in the next sweep.
    if (!isRetried && hasCode(error, "denied", "unauthenticated")) shutdown.stop("denied");
  }

  #throttled(sentMs: number): void {
    const { home, report } = this.#run;
    const isLowered = this.#limit.throttled(sentMs, home.clock.monotonic());
    if (isLowered) report({ type: "slowed", concurrency: this.#limit.current });
  }

  /** Why a copy of this size may not start now; stops the sweep if none may. */
  #obstacleTo(sizeBytes: number): CopyObstacle | undefined {
    const run = this.#run;
    const { lease, shutdown } = run;
    const obstacle = copyObstacle({
      sizeBytes,
      isClockAhead: isClockAhead(run),
      lease: lease && { leftMs: lease.leftMs(), ttlMs: lease.ttlMs },
      copyLeftMs: shutdown.copyLeftMs(),
    });
    if (obstacle === undefined || !("stop" in obstacle)) return obstacle;
    if (obstacle.stop === "clock-skew") stopForSkew(run);
    else shutdown.stop(obstacle.stop); // copies in flight may go on as long as the lease does
    if (obstacle.stop === "lease-lost") run.leaseUse = "lost";
    return obstacle;
  }

  #createContext(): DeliverContext {
    const run = this.#run;
    const { home, store, shutdown, options, lease } = run;
    const { copySignal, startSignal, deleteSignal } = shutdown;
    return {
      destination: storeDestination(store, home.bucket),
      clock: home.clock,
      now: run.now,
      random: home.random,
      history: createTryHistory(lease, {
        swept: () => run.swept,
        uncertainMs: () => this.table.log.left.uncertainMs,
        nowMs: () => run.pass.listedAtStoreMs ?? run.pass.startedMs,
      }),
      maxAgeMs: options.maxAgeMs,
      obstacleTo: (sizeBytes) => this.#obstacleTo(sizeBytes),
      copySignal,
      startSignal,
      lookSignal: deleteSignal,
      onThrottled: (sentMs) => this.#throttled(sentMs),
      onRepeat: ({ id }, error) => run.report({ type: "repeated", id, error }),
    };
  }

  /** Resolves when the condition is met. There is one wait at a time. */
  #until(isMet: () => boolean): Promise<void> {
    if (isMet()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiter = { isMet, resolve };
    });
  }

  /** One timer for whatever comes next; a timer that fires too early finds nothing to do and is set again. */
  #setTimer(): void {
    const atMs = this.#nextWakeMs();
    if (atMs === undefined || (this.#timer !== undefined && this.#timer.atMs <= atMs)) return;
    this.#stopTimer();
    const timer = { atMs, abort: new AbortController() };
    this.#timer = timer;
    void this.#wakeAfter(Math.max(0, atMs - this.#run.home.clock.monotonic()), timer);
  }

  /** When something may be done although no request has ended (monotonic). */
  #nextWakeMs(): number | undefined {
    const { nextDeletesMs, nextDueMs } = this.table;
    if (nextDueMs === undefined) return nextDeletesMs;
    const dueMs = this.#run.home.clock.monotonic() + Math.max(0, nextDueMs - this.#dueNowMs());
    return Math.min(dueMs, nextDeletesMs ?? dueMs);
  }

  async #wakeAfter(ms: number, timer: Timer): Promise<void> {
    await this.#run.home.clock.sleep(ms, { signal: timer.abort.signal });
    if (this.#timer !== timer) return;
    this.#timer = undefined;
    this.pump();
  }

  #stopTimer(): void {
    this.#timer?.abort.abort("replaced"); // a reason, because the default one is an exception with a stack
    this.#timer = undefined;
  }
}

const UNTRIED = { outcome: "untried" } as const;

/** What the target's bucket said; `undefined` if it was not asked. */
function answerOf(delivery: Delivery): "succeeded" | "failed" | undefined {
  switch (delivery.outcome) {
    case "failed":
      return delivery.isAnswer ? "failed" : undefined;
    case "untried":
    case "backing-off":
      return undefined;
    default:
      return "succeeded";
  }
}

import { onAbort } from "../callbacks.js";
import type { Delivery, DueEvent } from "../event-table/due-event.js";
import { EventTable } from "../event-table/event-table.js";
import type { UndeliverableEvent } from "../event-table/rejected-events.js";
import { createTryHistory } from "../lease/history.js";
import { noDeleteAnswer } from "../requests/list-and-delete.js";
import type { DeleteResult } from "../store/object-store.js";
import { storeTarget } from "../targets/store-target.js";
import { Alarm } from "./alarm.js";
import { ConcurrencyLimit } from "./concurrency.js";
import { ConditionWait } from "./condition-wait.js";
import type { DeliverContext } from "./deliver-event.js";
import { Deliveries } from "./deliver-wake-up.js";
import type { NamedDestination } from "./destinations.js";
import { deleteEvents, retryDeleteAtMs } from "./leave-schedule.js";
import { type SweepRun, waitsUntilMs } from "./sweep-run.js";

/** Events between admission and confirmed delete, of all partitions together; one partition gets at least what fills two deletes. */
const MOST_IN_MEMORY = 10_000;
const LEAST_IN_MEMORY = 2_000;
/** Events in memory that are not due yet, of all partitions together. */
const MOST_UPCOMING = 10_000;
const UNTRIED = { outcome: "untried" } as const;

/** Performs what the table asks for, and reports each outcome to it: the only place that starts copies, dead letters and deletes. */
export class TableRunner {
  readonly table: EventTable;
  readonly #run: SweepRun;
  readonly #concurrency: ConcurrencyLimit;
  readonly #deliveries: Deliveries;
  #broken: { readonly error: unknown } | undefined;
  readonly wait = new ConditionWait();
  readonly #alarm: Alarm;

  constructor(run: SweepRun) {
    const { options, schedule, store, shutdown } = run;
    this.#run = run;
    this.#alarm = new Alarm(schedule.clock, this.pump);
    this.#concurrency = new ConcurrencyLimit(options.concurrency);
    this.table = new EventTable({
      targets: options.targets,
      concurrency: this.#concurrency,
      slowBuckets: options.slowBuckets,
      destinations: options.destinations,
      waitsUntilMs: (nowMs) => waitsUntilMs(run, nowMs),
      mostInMemory: Math.max(LEAST_IN_MEMORY, Math.floor(MOST_IN_MEMORY / options.partitionCount)),
      mostUpcoming: Math.ceil(MOST_UPCOMING / options.partitionCount),
      deleteBatchSize: store.capabilities.deleteBatchSize,
      dryRun: options.dryRun,
      listsAgain: options.ahead !== undefined || options.destinations.size > 0,
    });
    const context: DeliverContext = {
      run,
      storeTarget: storeTarget(store, schedule.bucket),
      history: createTryHistory(run.lease, {
        swept: () => run.swept,
        uncertainMs: () => this.table.states.uncertainMs,
        nowMs: () => run.listing.listedAtStoreMs ?? run.listing.startedMs,
        triedMs: ({ key }) => options.recentTries.get(key),
      }),
      onThrottled: (sentMs) => this.#throttled(sentMs),
    };
    const admitStored = (event: DueEvent) => void this.table.admit(event, this.#dueNowMs(), false);
    this.#deliveries = new Deliveries(context, admitStored);
    onAbort(shutdown.startSignal, () => {
      this.table.stop(this.#dueNowMs());
      this.pump();
    });
    onAbort(shutdown.deleteSignal, this.pump);
  }

  /** Admits a listed event. Returns false if there is no room for it, nor for any later one. */
  admit(event: DueEvent): boolean {
    const isAdmitted = this.table.admit(event, this.#dueNowMs());
    this.#startCopies();
    this.#startCalls();
    return isAdmitted;
  }

  get hasRoom(): boolean {
    return this.table.hasRoom(this.#dueNowMs());
  }

  /** Resolves when it pays to admit more. */
  untilRoom(): Promise<void> {
    this.pump();
    return this.wait.until(() => this.table.hasAmpleRoom(this.#dueNowMs()));
  }

  /** Admits a listed event if its lane has left it in the schedule. */
  admitLeft(event: DueEvent): void {
    this.table.refill.admit(event, this.#dueNowMs());
  }

  /** Resolves when every admitted event has come to its end. Returns whether the circuit is open. */
  async finish(): Promise<boolean> {
    const { states, rejected, deletes } = this.table;
    this.pump();
    await this.wait.until(() => states.isDelivered);
    this.table.reportLeft();
    const isCircuitOpen = rejected.start();
    this.pump();
    await this.wait.until(() => states.counts["dead-lettering"] === 0);
    deletes.drain();
    this.pump();
    await this.wait.until(() => states.counts.deleting === 0);
    this.#alarm.stop();
    if (this.#broken !== undefined) throw this.#broken.error;
    return isCircuitOpen;
  }

  readonly pump = (): void => {
    this.table.startDue(this.#dueNowMs());
    this.#startCopies();
    this.#startCalls();
    if (this.table.rejected.hasNext) this.#startDeadLetters();
    this.#startDeletes();
    for (const event of this.table.states.takeHappened()) this.#run.report(event);
    this.wait.look();
    this.#alarm.set(this.#nextWakeMs());
  };

  /** A sweep that does not look ahead delivers what was due when it began. */
  #dueNowMs(): number {
    const { options, untilMs, clock } = this.#run;
    return options.ahead === undefined ? untilMs : clock.now();
  }

  #startCopies(): void {
    const { sharedConcurrency } = this.#run.options;
    while (this.table.hasCopy) {
      if (sharedConcurrency?.take(this.pump) === false) return;
      const next = this.table.nextCopy(this.#run.schedule.clock.monotonic());
      if (next === undefined) {
        sharedConcurrency?.free();
        return;
      }
      void this.#copy(next);
    }
  }

  async #copy(event: DueEvent): Promise<void> {
    const { schedule, options } = this.#run;
    const delivery = await this.#deliver(event);
    this.table.copyEnded(event, delivery, schedule.clock.monotonic());
    options.sharedConcurrency?.free();
    this.pump();
  }

  #startCalls(): void {
    for (const named of this.#run.options.destinations.values()) {
      const nowMs = this.#run.schedule.clock.monotonic();
      this.table.postponeCalls(named.name, nowMs);
      while (this.table.hasCall(named.name, nowMs) && named.slots.take(this.pump)) {
        const next = this.table.nextCall(named.name, nowMs);
        /* v8 ignore next -- hasCall says that there is one */
        if (next !== undefined) void this.#call(next, named);
      }
    }
  }

  async #call(event: DueEvent, { slots }: NamedDestination): Promise<void> {
    const delivery = await this.#deliver(event);
    this.table.callEnded(event, delivery, this.#run.schedule.clock.monotonic());
    slots.free();
    this.pump();
  }

  async #deliver(event: DueEvent): Promise<Delivery> {
    try {
      return this.#deliveries.withNextTry(event, await this.#deliveries.deliver(event));
    } catch (error) {
      return this.#break(error);
    }
  }

  #startDeadLetters(): void {
    const { rejected } = this.table;
    const { current } = this.#concurrency;
    for (let next = rejected.next(current); next; next = rejected.next(current)) {
      void this.#deadLetter(next);
    }
  }

  async #deadLetter(rejected: UndeliverableEvent): Promise<void> {
    const run = this.#run;
    const mayStart = !run.shutdown.reason && run.shutdown.obstacleTo(0) === undefined;
    const moving = mayStart ? this.#deliveries.deadLetter(rejected) : Promise.resolve(UNTRIED);
    const outcome = await moving.catch(this.#break);
    this.table.outcomes.deadLetterEnded(rejected, outcome, run.schedule.clock.monotonic());
    this.pump();
  }

  #startDeletes(): void {
    const { deletes } = this.table;
    if (deletes.nextMs === Number.POSITIVE_INFINITY) return;
    const { shutdown, schedule } = this.#run;
    const isOver = shutdown.deleteSignal.aborted; // then no delete waits for its time any more
    const nowMs = isOver ? Number.POSITIVE_INFINITY : schedule.clock.monotonic();
    for (let batch = deletes.next(nowMs); batch; batch = deletes.next(nowMs)) {
      void this.#delete(batch);
    }
  }

  async #delete(batch: readonly DueEvent[]): Promise<void> {
    const run = this.#run;
    const { clock, bucket } = run.schedule;
    const sentMs = clock.monotonic();
    let results: readonly DeleteResult[] = [];
    try {
      results = await deleteEvents(run, batch);
    } catch (error) {
      this.#break(error);
    }
    for (const [index, event] of batch.entries()) {
      const result = results[index] ?? noDeleteAnswer({ bucket, key: event.key });
      const error = result.outcome === "failed" ? result.error : undefined;
      const retryAtMs = error && retryDeleteAtMs(run, event, error);
      if (retryAtMs && error?.code === "throttled") this.#throttled(sentMs);
      this.table.outcomes.deleteEnded(event, result, retryAtMs);
    }
    this.table.deletes.requestEnded();
    this.pump();
  }

  #throttled(sentMs: number): void {
    const { schedule, report } = this.#run;
    const isLowered = this.#concurrency.throttled(sentMs, schedule.clock.monotonic());
    if (isLowered) report({ type: "slowed", concurrency: this.#concurrency.current });
  }

  /** The store did not fail: code or a setting is wrong. The sweep stops, and `finish` throws the error. */
  readonly #break = (error: unknown): typeof UNTRIED => {
    this.#broken ??= { error };
    this.#run.shutdown.stop("aborted");
    return UNTRIED;
  };

  /** When something may be done although no request has ended (monotonic). */
  #nextWakeMs(): number {
    const { nextDueMs, deletes } = this.table;
    const nowMs = this.#run.schedule.clock.monotonic();
    const nextMs = Math.min(deletes.nextMs, this.table.lanes.nextMs(nowMs));
    return Math.min(nowMs + Math.max(0, nextDueMs - this.#dueNowMs()), nextMs);
  }
}

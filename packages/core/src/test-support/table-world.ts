import type { DueEvent } from "../event-table/due-event.js";
import { EventTable } from "../event-table/event-table.js";
import { SlowBuckets } from "../event-table/ready-events.js";
import type { DeadLetterOutcome } from "../event-table/rejected-events.js";
import { ConcurrencyLimit } from "../sweep/concurrency.js";
import { dueEvent } from "./due-event.js";
import { PagedSchedule } from "./paged-schedule.js";
import type { CopyAnswer, DeleteAnswer } from "./table-answers.js";
import { DESTINATION, PATIENCE_MS, PausingDestination, TableCalls } from "./table-calls.js";
import { TableLedger } from "./table-ledger.js";
import { TableRefill } from "./table-refill.js";
import { TableRequests } from "./table-requests.js";

export interface TableWorldOptions {
  readonly mostConcurrent: number;
  readonly mostInMemory: number;
  readonly mostUpcoming: number;
  readonly deleteBatchSize: number;
  /** Otherwise the schedule is listed once. */
  readonly listsAgain: boolean;
  readonly hasDestination: boolean;
}

/** To bring everything to its end. */
const MOST_STEPS = 10_000;
/** Events of this bucket are outside `allowTargets`. */
export const REFUSED_BUCKET = "refused";

/**
 * Writes and cancels events of a schedule, lists it page by page for an event table, and answers its requests, in any order.
 * Checks at each step what must never happen.
 */
export class TableWorld {
  readonly table: EventTable;
  readonly ledger = new TableLedger();
  readonly options: TableWorldOptions;
  /** The earliest time since the sweep was stopped. */
  stoppedAtMs: number | undefined;
  readonly #time = { nowMs: 0, latestMs: 0, monotonicMs: 0 };
  readonly #concurrency: ConcurrencyLimit;
  readonly #slowBuckets = new SlowBuckets();
  readonly #schedule = new PagedSchedule();
  readonly #requests: TableRequests;
  readonly #calls: TableCalls;
  readonly #refill: TableRefill;
  /** There was room when the last event had been admitted. */
  #hadRoom = true;

  constructor(options: TableWorldOptions) {
    this.options = options;
    this.#concurrency = new ConcurrencyLimit(options.mostConcurrent);
    const destination = new PausingDestination();
    this.table = new EventTable({
      ...options,
      targets: {
        isAllowed: ({ bucket }) => bucket !== REFUSED_BUCKET || this.ledger.refusedTarget(),
        whyRefused: () => "outside allowTargets",
      },
      concurrency: this.#concurrency,
      slowBuckets: this.#slowBuckets,
      destinations: new Map(options.hasDestination ? [[DESTINATION, destination]] : []),
      listsAgain: options.listsAgain || options.hasDestination,
      waitsUntilMs: (nowMs) => nowMs + PATIENCE_MS,
      dryRun: false,
    });
    const { table, ledger } = this;
    const parts = { table, ledger, schedule: this.#schedule, time: this.#time };
    this.#requests = new TableRequests({
      ...parts,
      concurrency: this.#concurrency,
      deleteBatchSize: options.deleteBatchSize,
    });
    const { order } = this.#requests;
    this.#calls = new TableCalls(destination, { ...parts, order });
    this.#refill = new TableRefill({ ...parts, order });
  }

  /** Writes an event, unless its key is in use. */
  write(bucket: string, atMs: number, id: string): void {
    const key = `${String(1_000 + atMs)}|${bucket}|${id}`;
    if (this.#schedule.has(key) || this.ledger.isBusy(key)) return;
    const to = { bucket, key: bucket === DESTINATION ? `${Number(id) % 3}` : "k" };
    const target = `${bucket}/${to.key}`;
    const sinceMs = Math.max(atMs, this.#time.nowMs);
    const instants = { atMs, sinceMs, expiresAtMs: atMs };
    this.#schedule.add(dueEvent(key, { ...instants, to, target, deliveryId: id }));
  }

  cancel(index: number): void {
    const events = [...this.#schedule.stored];
    const event = events[index % events.length];
    if (event !== undefined) this.#schedule.remove(event.key);
  }

  /** Reads another page: what changes from now on is not on it. */
  readPage(): void {
    this.#schedule.readPage();
  }

  /** Admits events of the pages that were read, as long as there was room after the last one, as the runner does. */
  admit(most: number): void {
    if (this.#refill.isUnderWay) return;
    for (let left = most; left > 0; left--) {
      if (!this.#hadRoom && !this.table.hasRoom(this.#time.nowMs)) break;
      const event = this.#schedule.takeListed();
      if (event === undefined) break;
      if (!this.#admitOne(event)) return;
    }
    if (!this.#schedule.isListed) return;
    this.#schedule.endListing();
    if (this.stoppedAtMs === undefined) this.table.endListing();
  }

  /** Lists the schedule again; a listing that has not ended is broken off. */
  list(): void {
    if (!this.options.listsAgain || this.stoppedAtMs !== undefined) return;
    this.#refill.fail();
    this.#refill.startListing();
    this.#schedule.startListing();
    this.#record();
    this.table.startListing();
    this.#record();
  }

  /** Reads and admits a whole listing, as far as there is room. */
  listAll(): void {
    this.list();
    for (let pages = 0; pages < 10; pages++) {
      this.readPage();
      this.admit(Number.POSITIVE_INFINITY);
    }
  }

  /** Lists a page again of what its lane has left. Returns whether one was worth it. */
  readLeft(): boolean {
    return this.stoppedAtMs === undefined && this.#refill.read();
  }

  /** Admits of that page what there is room for. Returns whether there was something to do. */
  admitLeft(): boolean {
    const hasAdmitted = this.#refill.admit();
    this.#record();
    return hasAdmitted;
  }

  /** That page can't be read. */
  failLeft(): void {
    this.#refill.fail();
  }

  /** Time passes. */
  advance(ms: number): void {
    this.#time.monotonicMs += ms;
    this.setClock(this.#time.nowMs + ms);
  }

  /** Time passes, and the runner is busy. */
  advanceUnnoticed(ms: number): void {
    this.#time.monotonicMs += ms;
    this.#time.nowMs += ms;
    this.#time.latestMs = Math.max(this.#time.latestMs, this.#time.nowMs);
  }

  /** The wall clock is set. */
  setClock(nowMs: number): void {
    this.#time.nowMs = nowMs;
    if (this.stoppedAtMs !== undefined) this.stoppedAtMs = Math.min(this.stoppedAtMs, nowMs);
    this.#startDue();
  }

  /** Starts copies. Returns whether there was one. */
  startCopies(count: number): boolean {
    let started = 0;
    while (started < count) {
      const hasStarted = this.#requests.startCopy();
      this.#record();
      if (!hasStarted) break;
      if (this.stoppedAtMs !== undefined) throw new Error("a copy starts after the stop");
      started += 1;
    }
    return started > 0;
  }

  endCopy(index: number, answer: CopyAnswer): boolean {
    const hasEnded = this.#requests.endCopy(index, answer);
    this.#record();
    return hasEnded;
  }

  /** Calls the destination. Returns whether there was a call. */
  startCalls(count: number): boolean {
    this.table.postponeCalls(DESTINATION, this.#time.monotonicMs);
    this.#record();
    let started = 0;
    while (started < count && this.#calls.start()) started += 1;
    if (started > 0 && this.stoppedAtMs !== undefined) throw new Error("a call after the stop");
    return started > 0;
  }

  endCall(index: number, answer: CopyAnswer): boolean {
    const hasEnded = this.#calls.end(index, answer);
    this.#record();
    return hasEnded;
  }

  /** The destination wants no events for this time. */
  pause(ms: number): void {
    this.#calls.destination.pause(this.#time.monotonicMs + ms);
  }

  /** The target bucket fails slowly from now on, as far as the sweeper has seen. */
  slowDown(bucket: string): void {
    for (let failures = 0; failures < 8; failures++) this.#slowBuckets.ended(bucket, true, 9_000);
  }

  throttle(): void {
    this.#time.monotonicMs += 1;
    this.#concurrency.throttled(this.#time.monotonicMs, this.#time.monotonicMs);
  }

  sendDeletes(): boolean {
    return this.#requests.sendDeletes();
  }

  endDelete(index: number, answers: readonly DeleteAnswer[]): boolean {
    const hasEnded = this.#requests.endDelete(index, answers);
    this.#record();
    return hasEnded;
  }

  startDeadLetter(): boolean {
    return this.#requests.startDeadLetter();
  }

  endDeadLetter(index: number, outcome: DeadLetterOutcome): boolean {
    const hasEnded = this.#requests.endDeadLetter(index, outcome);
    this.#record();
    return hasEnded;
  }

  stop(): void {
    if (this.stoppedAtMs !== undefined) return;
    this.stoppedAtMs = this.#time.nowMs;
    this.#refill.fail();
    this.table.stop(this.#time.nowMs);
    this.#record();
  }

  /** Brings everything to its end as the runner does, and checks that nothing is stuck. */
  finish(copy: CopyAnswer, remove: DeleteAnswer, deadLetter: DeadLetterOutcome): void {
    const { table } = this;
    const dueBefore = this.ledger.dueCount;
    const goOn = () => this.#goOn(copy, remove, deadLetter);
    let steps = 0;
    for (this.#startDue(); this.#isOpen; this.#startDue()) {
      steps += 1;
      if (steps > MOST_STEPS) throw new Error("the table goes on without an end");
      if (!this.readLeft() && !this.admitLeft()) goOn();
    }
    if (this.ledger.dueCount - dueBefore > this.options.mostUpcoming + this.#refill.broughtIn)
      throw new Error("more events were upcoming than there is room for");
    table.reportLeft();
    table.rejected.start();
    this.#record();
    while (this.startDeadLetter() || this.endDeadLetter(0, deadLetter));
    table.deletes.drain();
    while (table.states.counts.deleting > 0) goOn();
  }

  get #isOpen(): boolean {
    if (!this.table.states.isDelivered || this.#refill.isUnderWay) return true;
    return this.stoppedAtMs === undefined && this.#refill.isWorthIt;
  }

  #admitOne(event: DueEvent): boolean {
    if (event.state === "done") Object.assign(event, { isFreed: false, deleteAttempts: 0 });
    const leftBefore = this.#refill.leftCount;
    const isAdmitted = this.table.admit(event, this.#time.nowMs);
    if (this.#refill.leftCount > leftBefore) this.#refill.left(event);
    this.#record();
    if (!isAdmitted) {
      this.#schedule.endListing();
      return false;
    }
    this.#requests.order.admitted(event, this.#time.latestMs);
    if (event.state !== "listed") this.ledger.admitted(event);
    this.#hadRoom = this.table.hasRoom(this.#time.nowMs);
    return true;
  }

  #startDue(): void {
    const { nowMs, latestMs } = this.#time;
    this.#time.latestMs = Math.max(latestMs, nowMs);
    this.table.startDue(nowMs);
    this.#record();
    if (this.table.nextDueMs <= nowMs)
      throw new Error("an event that is due and has room does not start");
  }

  #goOn(copy: CopyAnswer, remove: DeleteAnswer, deadLetter: DeadLetterOutcome): void {
    if (this.startCopies(1) || this.endCopy(0, copy)) return;
    if (this.startDeadLetter() || this.endDeadLetter(0, deadLetter)) return;
    if (this.startCalls(1) || this.endCall(0, copy)) return;
    if (this.sendDeletes() || this.endDelete(0, [remove, "gone"])) return;
    const { nextDueMs, deletes, lanes, states } = this.table;
    if (states.isDelivered && states.counts.deleting === 0) return; // the last calls were postponed
    const { nowMs, monotonicMs } = this.#time;
    if (nextDueMs <= nowMs) return; // calls were postponed, so that there is room
    const nextMs = Math.min(deletes.nextMs, lanes.nextMs(monotonicMs));
    const waitMs = Math.min(nextDueMs - nowMs, nextMs - monotonicMs);
    if (!(waitMs > 0 && waitMs < Number.POSITIVE_INFINITY)) throw new Error("the table is stuck");
    this.advance(waitMs);
  }

  #record(): void {
    this.ledger.record(this.table.states.takeHappened());
    const most = this.options.mostInMemory + 1; // a page may come when events have become due
    if (this.ledger.inMemory > most)
      throw new Error(`${this.ledger.inMemory} events are in memory`);
    this.#refill.check(this.options.mostInMemory);
  }
}

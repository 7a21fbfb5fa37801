import { EventTable } from "../event-table/event-table.js";
import { SlowBuckets } from "../event-table/ready-events.js";
import type { DeadLetterOutcome } from "../event-table/rejected-events.js";
import { ConcurrencyLimit } from "../sweep/concurrency.js";
import { dueEvent } from "./due-event.js";
import { PagedSchedule } from "./paged-schedule.js";
import type { CopyAnswer, DeleteAnswer } from "./table-answers.js";
import { DESTINATION, PATIENCE_MS, PausingDestination, TableCalls } from "./table-calls.js";
import { TableLedger } from "./table-ledger.js";
import { TableListing } from "./table-listing.js";
import { TableRefill } from "./table-refill.js";
import { TableRequests } from "./table-requests.js";
import { TableTime } from "./table-time.js";

export interface TableWorldOptions {
  readonly mostConcurrent: number;
  readonly mostInMemory: number;
  readonly mostUpcoming: number;
  readonly deleteBatchSize: number;
  /** Otherwise the schedule is listed once. */
  readonly listsAgain: boolean;
  readonly hasDestination: boolean;
}

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
  readonly refill: TableRefill;
  /** The earliest time since the sweep was stopped. */
  stoppedAtMs: number | undefined;
  readonly time = new TableTime();
  readonly #concurrency: ConcurrencyLimit;
  readonly #slowBuckets = new SlowBuckets();
  readonly #schedule = new PagedSchedule();
  readonly #requests: TableRequests;
  readonly #calls: TableCalls;
  readonly #listing: TableListing;

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
    const parts = { table, ledger, schedule: this.#schedule, time: this.time };
    this.#requests = new TableRequests({
      ...parts,
      concurrency: this.#concurrency,
      deleteBatchSize: options.deleteBatchSize,
    });
    const { order } = this.#requests;
    this.#calls = new TableCalls(destination, { ...parts, order });
    this.refill = new TableRefill({ ...parts, order });
    const { record } = this;
    this.#listing = new TableListing({ ...parts, order, refill: this.refill, record });
  }

  /** Writes an event, unless its key is in use. */
  write(bucket: string, atMs: number, id: string): void {
    const key = `${String(1_000 + atMs)}|${bucket}|${id}`;
    if (this.#schedule.has(key) || this.ledger.isBusy(key)) return;
    const to = { bucket, key: bucket === DESTINATION ? `${Number(id) % 3}` : "k" };
    const target = `${bucket}/${to.key}`;
    const sinceMs = Math.max(atMs, this.time.nowMs);
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

  /** Admits events of the pages that were read, as far as there is room. */
  admit(most: number): void {
    const isListed = this.#listing.admit(most);
    if (isListed && this.stoppedAtMs === undefined) this.table.endListing();
  }

  /** Lists the schedule again; a listing that has not ended is broken off. */
  list(): void {
    if (this.options.listsAgain && this.stoppedAtMs === undefined) this.#listing.start();
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
    return this.stoppedAtMs === undefined && this.refill.read();
  }

  /** Admits of that page what there is room for. Returns whether there was something to do. */
  admitLeft(): boolean {
    const hasAdmitted = this.refill.admit();
    this.record();
    return hasAdmitted;
  }

  /** Time passes. */
  advance(ms: number): void {
    this.time.pass(ms);
    this.#clockMoved();
  }

  /** Time passes, and the runner is busy. */
  advanceUnnoticed(ms: number): void {
    this.time.pass(ms);
  }

  /** The wall clock is set. */
  setClock(nowMs: number): void {
    this.time.set(nowMs);
    this.#clockMoved();
  }

  /** Starts copies. Returns whether there was one. */
  startCopies(count: number): boolean {
    let started = 0;
    while (started < count) {
      const hasStarted = this.#requests.startCopy();
      this.record();
      if (!hasStarted) break;
      if (this.stoppedAtMs !== undefined) throw new Error("a copy starts after the stop");
      started += 1;
    }
    return started > 0;
  }

  endCopy(index: number, answer: CopyAnswer): boolean {
    const hasEnded = this.#requests.endCopy(index, answer);
    this.record();
    return hasEnded;
  }

  /** Calls the destination. Returns whether there was a call. */
  startCalls(count: number): boolean {
    this.table.postponeCalls(DESTINATION, this.time.monotonicMs);
    this.record();
    let started = 0;
    while (started < count && this.#calls.start()) started += 1;
    if (started > 0 && this.stoppedAtMs !== undefined) throw new Error("a call after the stop");
    return started > 0;
  }

  endCall(index: number, answer: CopyAnswer): boolean {
    const hasEnded = this.#calls.end(index, answer);
    this.record();
    return hasEnded;
  }

  /** The destination wants no events for this time. */
  pause(ms: number): void {
    this.#calls.destination.pause(this.time.monotonicMs + ms);
  }

  /** The target bucket fails slowly from now on, as far as the sweeper has seen. */
  slowDown(bucket: string): void {
    for (let failures = 0; failures < 8; failures++) this.#slowBuckets.ended(bucket, true, 9_000);
  }

  throttle(): void {
    this.time.monotonicMs += 1;
    this.#concurrency.throttled(this.time.monotonicMs, this.time.monotonicMs);
  }

  sendDeletes(): boolean {
    return this.#requests.sendDeletes();
  }

  endDelete(index: number, answers: readonly DeleteAnswer[]): boolean {
    const hasEnded = this.#requests.endDelete(index, answers);
    this.record();
    return hasEnded;
  }

  startDeadLetter(): boolean {
    return this.#requests.startDeadLetter();
  }

  endDeadLetter(index: number, outcome: DeadLetterOutcome): boolean {
    const hasEnded = this.#requests.endDeadLetter(index, outcome);
    this.record();
    return hasEnded;
  }

  stop(): void {
    if (this.stoppedAtMs !== undefined) return;
    this.stoppedAtMs = this.time.nowMs;
    this.refill.fail();
    this.table.stop(this.time.nowMs);
    this.record();
  }

  startDue(): void {
    const { nowMs } = this.time;
    this.table.startDue(nowMs);
    this.record();
    if (this.table.nextDueMs <= nowMs)
      throw new Error("an event that is due and has room does not start");
  }

  /** Takes what happened in the table, and checks it. */
  readonly record = (): void => {
    this.ledger.record(this.table.states.takeHappened());
    const most = this.options.mostInMemory + 1; // a page may come when events have become due
    if (this.ledger.inMemory > most)
      throw new Error(`${this.ledger.inMemory} events are in memory`);
    this.refill.check(this.options.mostInMemory);
  };

  #clockMoved(): void {
    const { nowMs } = this.time;
    if (this.stoppedAtMs !== undefined) this.stoppedAtMs = Math.min(this.stoppedAtMs, nowMs);
    this.startDue();
  }
}

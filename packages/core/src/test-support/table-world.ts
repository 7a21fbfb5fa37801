import type { DueEvent } from "../event-table/due-event.js";
import { EventTable } from "../event-table/event-table.js";
import { SlowBuckets } from "../event-table/ready-events.js";
import type { DeadLetterOutcome } from "../event-table/rejected-events.js";
import { ConcurrencyLimit } from "../sweep/concurrency.js";
import { AdmissionOrder } from "./admission-order.js";
import { dueEvent } from "./due-event.js";
import { type CopyAnswer, type DeleteAnswer, deliveryOf, errorOf } from "./table-answers.js";
import { TableLedger } from "./table-ledger.js";

export interface TableWorldOptions {
  readonly mostConcurrent: number;
  readonly mostInMemory: number;
  readonly mostUpcoming: number;
  readonly deleteBatchSize: number;
  /** Otherwise the schedule is listed once. */
  readonly listsAgain: boolean;
}

/** Events of this bucket are outside `allowTargets`. */
export const REFUSED_BUCKET = "refused";
const PAGE_SIZE = 3;

/**
 * Writes and cancels events of a schedule, lists it page by page for an event table, and answers its requests, in any order.
 * Checks at each step what must never happen.
 */
export class TableWorld {
  readonly table: EventTable;
  readonly ledger = new TableLedger();
  readonly options: TableWorldOptions;
  nowMs = 0;
  /** The earliest time since the sweep was stopped. */
  stoppedAtMs: number | undefined;
  readonly #concurrency: ConcurrencyLimit;
  readonly #slowBuckets = new SlowBuckets();
  #latestMs = 0;
  #monotonicMs = 0;
  /** The events in the schedule by their keys. */
  readonly #stored = new Map<string, DueEvent>();
  /** Listed, but not admitted yet. */
  #page: DueEvent[] = [];
  #readThrough = "";
  #isReadToEnd = false;
  #isListing = true;
  /** There was room when the last event had been admitted. */
  #hadRoom = true;
  readonly #copying: DueEvent[] = [];
  readonly #deleteRequests: (readonly DueEvent[])[] = [];
  readonly #order = new AdmissionOrder();

  constructor(options: TableWorldOptions) {
    this.options = options;
    this.#concurrency = new ConcurrencyLimit(options.mostConcurrent);
    this.table = new EventTable({
      ...options,
      targets: {
        isAllowed: ({ bucket }) => bucket !== REFUSED_BUCKET || this.ledger.refusedTarget(),
        whyRefused: () => "outside allowTargets",
      },
      concurrency: this.#concurrency,
      slowBuckets: this.#slowBuckets,
      dryRun: false,
    });
  }

  /** Writes an event, unless its key is in use. */
  write(bucket: string, atMs: number, id: string): void {
    const key = `${String(1_000 + atMs)}|${bucket}|${id}`;
    if (this.#stored.has(key) || this.ledger.isBusy(key)) return;
    const to = { bucket, key: "k" };
    const sinceMs = Math.max(atMs, this.nowMs);
    this.#stored.set(key, dueEvent(key, { atMs, sinceMs, to, target: bucket, deliveryId: id }));
  }

  cancel(index: number): void {
    const key = pick([...this.#stored.keys()], index);
    if (key !== undefined) this.#stored.delete(key);
  }

  /** Reads another page: what changes from now on is not on it. */
  readPage(): void {
    if (!this.#isListing) return;
    const keys = [...this.#stored.keys()].filter((key) => key > this.#readThrough).sort();
    const read = keys.slice(0, PAGE_SIZE);
    this.#readThrough = read.at(-1) ?? this.#readThrough;
    this.#isReadToEnd = keys.length <= PAGE_SIZE;
    this.#page.push(...read.flatMap((key) => this.#stored.get(key) ?? []));
  }

  /** Admits events of the pages that were read, as long as there was room after the last one, as the runner does. */
  admit(count: number): void {
    for (let left = count; left > 0; left--) {
      if (!this.#hadRoom && !this.table.hasRoom(this.nowMs)) break;
      const event = this.#page.shift();
      if (event === undefined) break;
      if (!this.#admitOne(event)) return;
    }
    if (!this.#isListing || this.#page.length > 0 || !this.#isReadToEnd) return;
    this.#isListing = false;
    if (this.stoppedAtMs === undefined) this.table.queues.endListing();
  }

  /** Lists the schedule again; a listing that has not ended is broken off. */
  list(): void {
    if (!this.options.listsAgain || this.stoppedAtMs !== undefined) return;
    this.#page = [];
    this.#readThrough = "";
    this.#isReadToEnd = false;
    this.#isListing = true;
    this.#record();
    this.table.startListing();
    this.#record();
  }

  /** Reads and admits a whole listing, as far as there is room. */
  listAll(): void {
    this.list();
    for (let pages = 0; pages < 10; pages++) {
      this.readPage();
      this.admit(PAGE_SIZE);
    }
  }

  /** Time passes. */
  advance(ms: number): void {
    this.#monotonicMs += ms;
    this.setClock(this.nowMs + ms);
  }

  /** Time passes, and the runner is busy. */
  advanceUnnoticed(ms: number): void {
    this.#monotonicMs += ms;
    this.nowMs += ms;
    this.#latestMs = Math.max(this.#latestMs, this.nowMs);
  }

  /** The wall clock is set. */
  setClock(nowMs: number): void {
    this.nowMs = nowMs;
    if (this.stoppedAtMs !== undefined) this.stoppedAtMs = Math.min(this.stoppedAtMs, nowMs);
    this.#startDue();
  }

  /** Starts copies. Returns whether there was one. */
  startCopies(count: number): boolean {
    let started = 0;
    while (started < count) {
      const { hasCopy } = this.table;
      const event = this.table.nextCopy(this.#monotonicMs);
      this.#record();
      if (event === undefined) break;
      if (!hasCopy) throw new Error("a copy is returned although hasCopy is false");
      if (this.stoppedAtMs !== undefined) throw new Error("a copy starts after the stop");
      this.#copying.push(event);
      if (this.#copying.length > this.#concurrency.current) throw new Error("too many copies");
      this.ledger.copyStarts(event);
      this.#order.check(event, this.#stored.values());
      started += 1;
    }
    return started > 0;
  }

  /** Answers one of the copies in flight. Returns whether there was one. */
  endCopy(index: number, answer: CopyAnswer): boolean {
    const event = take(this.#copying, index);
    if (event === undefined) return false;
    if (answer === "slow") event.startedMs -= 9_000;
    const delivery = deliveryOf(answer, !this.#stored.has(event.key), this.nowMs - event.atMs);
    if (delivery.outcome === "delivered" && delivery.isRemoved) this.#stored.delete(event.key);
    this.ledger.copyEnds(event, delivery);
    this.table.copyEnded(event, delivery, this.#monotonicMs);
    this.#record();
    return true;
  }

  /** The target bucket fails slowly from now on, as far as the sweeper has seen. */
  slowDown(bucket: string): void {
    for (let failures = 0; failures < 8; failures++) this.#slowBuckets.ended(bucket, true, 9_000);
  }

  throttle(): void {
    this.#concurrency.throttled(++this.#monotonicMs, this.#monotonicMs);
  }

  /** Sends the deletes that the table asks for. Returns whether there was one. */
  sendDeletes(): boolean {
    let sent = 0;
    for (let batch = this.#nextDeletes(); batch !== undefined; batch = this.#nextDeletes()) {
      if (batch.length > this.options.deleteBatchSize) throw new Error("the batch is too large");
      this.ledger.deleteStarts(batch);
      this.#deleteRequests.push(batch);
      sent += 1;
    }
    return sent > 0;
  }

  /** Answers one of the delete requests in flight, key by key. Returns whether there was one. */
  endDelete(index: number, answers: readonly DeleteAnswer[]): boolean {
    const batch = take(this.#deleteRequests, index);
    if (batch === undefined) return false;
    for (const [at, event] of batch.entries()) {
      this.#deleteEnded(event, answers[at % answers.length] ?? "gone");
    }
    this.table.deletes.requestEnded();
    this.#record();
    return true;
  }

  stop(): void {
    if (this.stoppedAtMs !== undefined) return;
    this.stoppedAtMs = this.nowMs;
    this.table.stop(this.nowMs);
    this.#record();
  }

  /** Brings everything to its end as the runner does, and checks that nothing is stuck. */
  finish(copy: CopyAnswer, remove: DeleteAnswer, deadLetter: DeadLetterOutcome): void {
    const { table } = this;
    const dueBefore = this.ledger.dueCount;
    for (this.#startDue(); !table.states.isDelivered; this.#startDue()) this.#goOn(copy, remove);
    if (this.ledger.dueCount - dueBefore > this.options.mostUpcoming)
      throw new Error("more events were upcoming than there is room for");
    table.rejected.start();
    this.#record();
    const { current } = this.#concurrency;
    for (let next = table.rejected.next(current); next; next = table.rejected.next(current)) {
      const { event } = next;
      if (deadLetter.outcome === "stored") this.ledger.deleteIsDue(event);
      table.rejected.ended(next, deadLetter, this.#monotonicMs);
      this.#record();
    }
    table.deletes.drain();
    while (table.states.counts.deleting > 0) this.#goOn(copy, remove);
  }

  #admitOne(event: DueEvent): boolean {
    if (event.state === "done") Object.assign(event, { isFreed: false, deleteAttempts: 0 });
    const isAdmitted = this.table.admit(event, this.nowMs);
    this.#record();
    if (!isAdmitted) {
      this.#page = [];
      this.#isListing = false;
      return false;
    }
    this.#order.admitted(event, this.#latestMs);
    this.ledger.admitted(event);
    this.#hadRoom = this.table.hasRoom(this.nowMs);
    return true;
  }

  #startDue(): void {
    const { table, nowMs } = this;
    this.#latestMs = Math.max(this.#latestMs, nowMs);
    table.startDue(nowMs);
    this.#record();
    if (table.nextDueMs <= nowMs)
      throw new Error("an event that is due and has room does not start");
  }

  #goOn(copy: CopyAnswer, remove: DeleteAnswer): void {
    if (this.startCopies(1) || this.endCopy(0, copy)) return;
    if (this.sendDeletes() || this.endDelete(0, [remove, "gone"])) return;
    const { nextDueMs, deletes } = this.table;
    const waitMs = Math.min(nextDueMs - this.nowMs, deletes.nextMs - this.#monotonicMs);
    if (!(waitMs > 0 && waitMs < Number.POSITIVE_INFINITY)) throw new Error("the table is stuck");
    this.advance(waitMs);
  }

  #nextDeletes(): readonly DueEvent[] | undefined {
    return this.table.deletes.next(this.#monotonicMs);
  }

  #deleteEnded(event: DueEvent, answer: DeleteAnswer): void {
    const isRetried = answer === "retry" && event.deleteAttempts < 3;
    this.ledger.deleteEnds(event, isRetried);
    if (answer === "gone") {
      this.#stored.delete(event.key);
      this.table.deleteEnded(event, { outcome: "gone" });
      return;
    }
    const result = { outcome: "failed", error: errorOf("unavailable") } as const;
    this.table.deleteEnded(event, result, isRetried ? this.#monotonicMs + 100 : undefined);
  }

  #record(): void {
    this.ledger.record(this.table.states.takeHappened());
    const most = this.options.mostInMemory + 1; // a page may come when events have become due
    if (this.ledger.inMemory > most)
      throw new Error(`${this.ledger.inMemory} events are in memory`);
  }
}

function pick<T>(items: readonly T[], index: number): T | undefined {
  return items[index % items.length];
}

function take<T>(items: T[], index: number): T | undefined {
  return items.splice(index % items.length || 0, 1)[0];
}

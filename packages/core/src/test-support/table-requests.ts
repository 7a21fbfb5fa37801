import type { DueEvent } from "../event-table/due-event.js";
import type { EventTable } from "../event-table/event-table.js";
import type { DeadLetterOutcome, UndeliverableEvent } from "../event-table/rejected-events.js";
import type { ConcurrencyLimit } from "../sweep/concurrency.js";
import { AdmissionOrder } from "./admission-order.js";
import type { PagedSchedule } from "./paged-schedule.js";
import { type CopyAnswer, type DeleteAnswer, deliveryOf, errorOf } from "./table-answers.js";
import type { TableLedger } from "./table-ledger.js";

interface RequestParts {
  readonly table: EventTable;
  readonly ledger: TableLedger;
  readonly schedule: PagedSchedule;
  readonly concurrency: ConcurrencyLimit;
  readonly deleteBatchSize: number;
  readonly time: { readonly nowMs: number; readonly monotonicMs: number };
}

/** Sends the copies and deletes that an event table asks for, and answers them in any order. */
export class TableRequests {
  readonly order = new AdmissionOrder();
  readonly #parts: RequestParts;
  readonly #copying: DueEvent[] = [];
  readonly #deadLettering: UndeliverableEvent[] = [];
  readonly #deletes: (readonly DueEvent[])[] = [];

  constructor(parts: RequestParts) {
    this.#parts = parts;
  }

  /** Starts one copy. Returns whether there was one. */
  startCopy(): boolean {
    const { table, ledger, schedule, concurrency, time } = this.#parts;
    const { hasCopy } = table;
    const event = table.nextCopy(time.monotonicMs);
    if (event === undefined) return false;
    if (!hasCopy) throw new Error("a copy is returned although hasCopy is false");
    this.#copying.push(event);
    if (this.#copying.length > concurrency.current) throw new Error("too many copies");
    ledger.copyStarts(event);
    this.order.check(event, schedule.stored);
    return true;
  }

  /** Answers one of the copies in flight. Returns whether there was one. */
  endCopy(index: number, answer: CopyAnswer): boolean {
    const { table, ledger, schedule, time } = this.#parts;
    const event = take(this.#copying, index);
    if (event === undefined) return false;
    if (answer === "slow") event.startedMs -= 9_000;
    const delivery = deliveryOf(answer, !schedule.has(event.key), time.nowMs - event.atMs);
    if (delivery.outcome === "delivered" && delivery.isRemoved) schedule.remove(event.key);
    ledger.copyEnds(event, delivery);
    table.copyEnded(event, delivery, time.monotonicMs);
    return true;
  }

  /** Starts to move an event to the dead letters. Returns whether there was one. */
  startDeadLetter(): boolean {
    const { table, concurrency } = this.#parts;
    const next = table.rejected.hasNext ? table.rejected.next(concurrency.current) : undefined;
    if (next !== undefined) this.#deadLettering.push(next);
    return next !== undefined;
  }

  /** Ends one of the moves to the dead letters. Returns whether there was one. */
  endDeadLetter(index: number, given: DeadLetterOutcome): boolean {
    const { table, ledger, schedule, time } = this.#parts;
    const rejected = take(this.#deadLettering, index);
    if (rejected === undefined) return false;
    const { event } = rejected;
    const isGone = given.outcome === "gone";
    const here: DeadLetterOutcome = isGone ? { outcome: "stored" } : given;
    const outcome: DeadLetterOutcome = schedule.has(event.key) ? here : { outcome: "gone" };
    ledger.deadLetterEnds(event, outcome);
    table.outcomes.deadLetterEnded(rejected, outcome, time.monotonicMs);
    return true;
  }

  /** Sends the deletes that the table asks for. Returns whether there was one. */
  sendDeletes(): boolean {
    const { table, ledger, deleteBatchSize, time } = this.#parts;
    let sent = 0;
    for (;;) {
      const batch = table.deletes.next(time.monotonicMs);
      if (batch === undefined) return sent > 0;
      if (batch.length > deleteBatchSize) throw new Error("the batch is too large");
      ledger.deleteStarts(batch);
      this.#deletes.push(batch);
      sent += 1;
    }
  }

  /** Answers one of the delete requests in flight, key by key. Returns whether there was one. */
  endDelete(index: number, answers: readonly DeleteAnswer[]): boolean {
    const batch = take(this.#deletes, index);
    if (batch === undefined) return false;
    for (const [at, event] of batch.entries()) {
      this.#deleteEnded(event, answers[at % answers.length] ?? "gone");
    }
    this.#parts.table.deletes.requestEnded();
    return true;
  }

  #deleteEnded(event: DueEvent, answer: DeleteAnswer): void {
    const { table, ledger, schedule, time } = this.#parts;
    const isRetried = answer === "retry" && event.deleteAttempts < 3;
    ledger.deleteEnds(event, isRetried);
    if (answer === "gone") {
      schedule.remove(event.key);
      table.outcomes.deleteEnded(event, { outcome: "gone" });
      return;
    }
    const result = { outcome: "failed", error: errorOf("unavailable") } as const;
    table.outcomes.deleteEnded(event, result, isRetried ? time.monotonicMs + 100 : undefined);
  }
}

function take<T>(items: T[], index: number): T | undefined {
  return items.splice(index % items.length || 0, 1)[0];
}

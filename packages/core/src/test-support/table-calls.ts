import type { DueEvent } from "../event-table/due-event.js";
import type { EventTable } from "../event-table/event-table.js";
import type { LaneDestination } from "../event-table/lane.js";
import type { AdmissionOrder } from "./admission-order.js";
import type { PagedSchedule } from "./paged-schedule.js";
import { type CopyAnswer, deliveryOf } from "./table-answers.js";
import type { TableLedger } from "./table-ledger.js";

interface CallParts {
  readonly table: EventTable;
  readonly ledger: TableLedger;
  readonly schedule: PagedSchedule;
  readonly order: AdmissionOrder;
  readonly time: { readonly nowMs: number; readonly monotonicMs: number };
}

/** Events of this bucket are handed to a destination. */
export const DESTINATION = "destination";
/** How long the sweep waits for a pause of the destination. */
export const PATIENCE_MS = 20;

/** A destination that takes two events at the same time, and wants none for some time when that is set. */
export class PausingDestination implements LaneDestination {
  readonly name = DESTINATION;
  readonly concurrency = 2;
  pausedUntilMs = Number.NEGATIVE_INFINITY;

  pause(untilMs: number): void {
    this.pausedUntilMs = Math.max(this.pausedUntilMs, untilMs);
  }
}

/** Calls the destination with what an event table asks for, and answers in any order. */
export class TableCalls {
  readonly destination: PausingDestination;
  readonly #parts: CallParts;
  readonly #calling: DueEvent[] = [];

  constructor(destination: PausingDestination, parts: CallParts) {
    this.destination = destination;
    this.#parts = parts;
  }

  /** Starts one call. Returns whether there was one. */
  start(): boolean {
    const { table, ledger, schedule, order, time } = this.#parts;
    const { concurrency, pausedUntilMs } = this.destination;
    if (this.#calling.length >= concurrency) return false;
    const hasCall = table.hasCall(DESTINATION, time.monotonicMs);
    const event = table.nextCall(DESTINATION, time.monotonicMs);
    if (hasCall !== (event !== undefined)) throw new Error(`hasCall is ${hasCall}`);
    if (event === undefined) return false;
    if (pausedUntilMs > time.monotonicMs) throw new Error("a call starts in a pause");
    this.#calling.push(event);
    ledger.copyStarts(event);
    order.check(event, schedule.stored);
    return true;
  }

  /** Answers one of the calls in flight. Returns whether there was one. */
  end(index: number, answer: CopyAnswer): boolean {
    const { table, ledger, schedule, time } = this.#parts;
    const [event] = this.#calling.splice(index % this.#calling.length || 0, 1);
    if (event === undefined) return false;
    if (answer === "slow") event.startedMs -= 9_000;
    const how = answer === "moved" ? "copied" : answer;
    const delivery = deliveryOf(how, !schedule.has(event.key), time.nowMs - event.atMs);
    ledger.copyEnds(event, delivery);
    table.callEnded(event, delivery, time.monotonicMs);
    return true;
  }
}

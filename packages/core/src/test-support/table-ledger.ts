import type { Delivery, DueEvent } from "../event-table/due-event.js";
import type { DeadLetterOutcome } from "../event-table/rejected-events.js";
import { ReportFold } from "../report/report.js";
import type { SweepEvent } from "../report/sweep-event.js";
import { SWEEP_END } from "./sweep-end.js";

/** Keeps account of what an event table reports, and throws if an event ends twice or is handled twice at the same time. */
export class TableLedger {
  readonly #fold = new ReportFold();
  /** Events of `due`, outcomes of events, and events that wait for the dead letters, since the start. */
  #dueSum = 0;
  #outcomes = 0;
  #rejected = 0;
  /** The outcome of each event since the last listing began. */
  readonly #outcomeOf = new Map<string, string>();
  readonly #admitted = new Map<string, DueEvent>();
  readonly #admittedEver = new Map<string, DueEvent>();
  readonly #endedEver = new Set<string>();
  #untried = 0;
  readonly #delivered = new Set<DueEvent>();
  /** The event of each target in flight. */
  readonly #inFlight = new Map<string, DueEvent>();
  /** Delivered, their deletes not sent or not answered yet. */
  readonly #toDelete = new Set<DueEvent>();
  readonly #deleting = new Set<DueEvent>();
  readonly #undeleted = new Set<string>();
  /** Delivered in an earlier listing, but not deleted when this listing began. */
  #leftovers = new Set<string>();

  get dueCount(): number {
    return this.#dueSum;
  }

  /** Events that have started and neither ended nor wait for the dead letters. */
  get inMemory(): number {
    const unsettled = this.#dueSum - this.#outcomes - this.#rejected;
    return unsettled + this.#toDelete.size + this.#deleting.size;
  }

  get undeletedKeys(): ReadonlySet<string> {
    return this.#undeleted;
  }

  /** Every event that was admitted, by its key. */
  get admittedEver(): ReadonlyMap<string, DueEvent> {
    return this.#admittedEver;
  }

  hasEnded(key: string): boolean {
    return this.#endedEver.has(key);
  }

  /** A copy or delete of this key is in flight, so it can't be another event's. */
  isBusy(key: string): boolean {
    const busy = [...this.#inFlight.values(), ...this.#toDelete, ...this.#deleting];
    return this.#undeleted.has(key) || busy.some((event) => event.key === key);
  }

  admitted(event: DueEvent): void {
    this.#admitted.set(event.key, event);
    this.#admittedEver.set(event.key, event);
  }

  /** An event outside `allowTargets` has started. Returns false: it is not allowed. */
  refusedTarget(): false {
    this.#rejected += 1;
    return false;
  }

  copyStarts(event: DueEvent): void {
    const other = this.#inFlight.get(event.target);
    if (other !== undefined) throw new Error(`${event.key} starts next to ${other.key}`);
    if (this.#delivered.has(event)) throw new Error(`${event.key} is delivered twice`);
    this.#inFlight.set(event.target, event);
  }

  copyEnds(event: DueEvent, delivery: Delivery): void {
    const { outcome } = delivery;
    const reason = outcome === "failed" ? delivery.deadLetterReason : undefined;
    const isUndeliverable = outcome === "expired" || reason === "rejected";
    if (reason !== undefined && !isUndeliverable) this.#rejected += 1;
    const isDone = ["delivered", "found", "passed-over"].includes(outcome);
    if (isDone) this.#delivered.add(event);
    if (isDone && !(outcome === "delivered" && delivery.isRemoved)) this.#toDelete.add(event);
    else if (!isUndeliverable) this.#inFlight.delete(event.target);
  }

  deadLetterEnds(event: DueEvent, { outcome }: DeadLetterOutcome): void {
    if (outcome === "stored" || outcome === "passed-over") {
      this.#delivered.add(event);
      this.#toDelete.add(event);
    } else if (this.#inFlight.get(event.target) === event) this.#inFlight.delete(event.target);
  }

  deleteStarts(events: readonly DueEvent[]): void {
    for (const event of events) {
      if (!this.#toDelete.delete(event)) throw new Error(`${event.key} must not be deleted`);
      this.#deleting.add(event);
    }
  }

  deleteEnds(event: DueEvent, isRetried: boolean): void {
    this.#deleting.delete(event);
    if (isRetried) this.#toDelete.add(event);
    else if (this.#inFlight.get(event.target) === event) this.#inFlight.delete(event.target);
  }

  record(events: readonly SweepEvent[]): void {
    for (const event of events) {
      this.#fold.add(event);
      if (event.type === "due") this.#dueSum += event.count;
      else if (event.type === "postponed") this.#outcomes += event.count;
      else if (event.type === "relisted") this.#relisted();
      else if (event.type === "undeleted") this.#recordUndeleted(event.id);
      else if ("id" in event) this.#recordOutcome(event);
    }
  }

  /** The exact relation of the report's counts. */
  checkReport(): void {
    const report = this.#fold.report(SWEEP_END);
    const { retrying, blocked, undecided, leftInPlace } = report;
    const dead = report.dead + report.expired;
    const done = report.delivered + report.alreadyDelivered + report.passedOver + dead;
    const ended = done + report.gone;
    const stay = retrying + blocked + undecided + leftInPlace + this.#untried;
    if (report.due !== ended + stay)
      throw new Error(`${report.due} due, but ${ended} ended and ${stay} stay`);
    if (report.undeleted !== this.#undeleted.size || report.undeleted > done)
      throw new Error(`${report.undeleted} undeleted`);
    if (this.#dueSum !== this.#outcomes)
      throw new Error(`${this.#dueSum} events were due, and had ${this.#outcomes} outcomes`);
  }

  /** Every event that the last listing has met has an outcome since. */
  checkLastListing(isExcused: (event: DueEvent) => boolean): void {
    for (const [key, event] of this.#admitted) {
      const hasOutcome = this.#outcomeOf.has(key) || this.#leftovers.has(key);
      if (!hasOutcome && !isExcused(event)) throw new Error(`${key} has no outcome`);
    }
  }

  #relisted(): void {
    this.#outcomeOf.clear();
    this.#admitted.clear();
    this.#untried = 0;
    const undeleted = [...this.#toDelete, ...this.#deleting].map(({ key }) => key);
    this.#leftovers = new Set([...undeleted, ...this.#undeleted]);
  }

  #recordUndeleted(id: string): void {
    if (this.#undeleted.has(id)) throw new Error(`${id} is reported undeleted twice`);
    this.#undeleted.add(id);
  }

  #recordOutcome(event: Extract<SweepEvent, { id: string }>): void {
    const other = this.#outcomeOf.get(event.id);
    if (other !== undefined) throw new Error(`${event.id} is ${other} and ${event.type}`);
    this.#outcomeOf.set(event.id, event.type);
    this.#endedEver.add(event.id);
    this.#outcomes += 1;
    if (this.#outcomes > this.#dueSum) throw new Error(`${event.id} ends before it is due`);
    if (event.type === "left" && event.reason === "untried") this.#untried += 1;
  }
}

import type { LeftReason, SweepEvent } from "../report/sweep-event.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import type { DueEvent } from "./event-states.js";
import type { RejectedEvent } from "./rejected-events.js";

/** What the next sweep must know of the events that this one leaves in the schedule, in a few numbers. */
export interface EventsLeft {
  /** The earliest `sinceMs` of an event that had no try; those passed over do not count. */
  readonly unattemptedSinceMs: number | undefined;
  /** Every event had a try. */
  readonly isNothingUntried: boolean;
  /** The latest due instant of an event that may be at its target. */
  readonly uncertainMs: number | undefined;
}

const NOTHING: readonly SweepEvent[] = [];

/** What has happened to the events of a table, for the observer, the report and the next sweep. Pure and synchronous. */
export class SweepLog implements EventsLeft {
  #events: SweepEvent[] = [];
  #dueCount = 0;
  #unreportedDue = 0;
  /** Events that are due, stay, and would be met again by another listing. */
  #stayCount = 0;
  #unattemptedSinceMs: number | undefined;
  #hasPassedOver = false;
  #uncertainMs: number | undefined;

  /** The events that have been due in this sweep; those that stayed in an earlier listing are not counted twice. */
  get dueCount(): number {
    return this.#dueCount;
  }

  get unattemptedSinceMs(): number | undefined {
    return this.#unattemptedSinceMs;
  }

  get isNothingUntried(): boolean {
    return this.#unattemptedSinceMs === undefined && !this.#hasPassedOver;
  }

  get uncertainMs(): number | undefined {
    return this.#uncertainMs;
  }

  due(): void {
    this.#dueCount += 1;
    this.#unreportedDue += 1;
  }

  add(event: SweepEvent): void {
    this.#flushDue();
    this.#events.push(event);
  }

  /** A try failed. */
  failed(event: DueEvent, error: ObjectStoreError): void {
    this.#stayCount += 1;
    if (error.undecided) this.#uncertain(event);
    this.add({ type: "failed", ...dated(event), error });
  }

  undeleted(event: DueEvent, error: ObjectStoreError): void {
    this.#uncertain(event);
    this.add({ type: "undeleted", ...dated(event), error });
  }

  /** It stays without a try. A blocked event goes with the older event of its target, whose tries are its own. */
  stays(event: DueEvent, reason: LeftReason): void {
    this.#stayCount += 1;
    if (reason === "blocked") this.#hasPassedOver = true;
    else if (reason !== "backing-off") this.#untried(event);
    this.add({ type: "left", ...dated(event), reason });
  }

  /**
   * The event can never be delivered, and stays because the circuit is open. While other events are due it does not count as
   * untried, because any writer can write many of these. When its target is allowed, it is tried at the next step of its
   * back-off.
   */
  refused({ event, reason, error, message }: RejectedEvent, isNothingElseDue: boolean): void {
    this.#stayCount += 1;
    if (isNothingElseDue) this.#untried(event);
    else this.#hasPassedOver = true;
    this.add({ type: "refused", ...dated(event), to: event.to, reason, error, message });
  }

  /** The schedule is about to be listed again: everything that stays is met and counted again. */
  relisted(): void {
    this.add({ type: "relisted" });
    this.#dueCount -= this.#stayCount;
    this.#stayCount = 0;
    this.#unattemptedSinceMs = undefined;
    this.#hasPassedOver = false;
  }

  /** Returns what happened since the last call. */
  take(): readonly SweepEvent[] {
    this.#flushDue();
    if (this.#events.length === 0) return NOTHING;
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #untried({ sinceMs }: DueEvent): void {
    this.#unattemptedSinceMs = Math.min(sinceMs, this.#unattemptedSinceMs ?? sinceMs);
  }

  #uncertain({ atMs }: DueEvent): void {
    this.#uncertainMs = Math.max(atMs, this.#uncertainMs ?? atMs);
  }

  #flushDue(): void {
    if (this.#unreportedDue === 0) return;
    this.#events.push({ type: "due", count: this.#unreportedDue });
    this.#unreportedDue = 0;
  }
}

function dated({ id, atMs }: DueEvent) {
  return { id, dueAt: new Date(atMs) };
}

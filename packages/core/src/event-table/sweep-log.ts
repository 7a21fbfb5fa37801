import type { SweepEvent } from "../report/sweep-event.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import type { DueEvent } from "./due-event.js";
import type { RejectedEvent } from "./rejected-events.js";
import type { Blocked } from "./target-queues.js";

const NOTHING: readonly SweepEvent[] = [];

/** What has happened to the events of a table, for the observer, the report and the next sweep. Pure and synchronous. */
export class SweepLog {
  /** What the next sweep must know of the events that stay. */
  readonly left = new EventsLeft();
  #events: SweepEvent[] = [];
  #dueCount = 0;
  #unreportedDue = 0;
  /** Events that are due, stay, and would be met again by another listing. */
  #stayCount = 0;

  /** The events that have been due in this sweep; those that stayed in an earlier listing are not counted twice. */
  get dueCount(): number {
    return this.#dueCount;
  }

  due(): void {
    this.#dueCount += 1;
    this.#unreportedDue += 1;
  }

  add(event: SweepEvent): void {
    this.#flushDue();
    this.#events.push(event);
  }

  delivered({ id, to, size }: DueEvent, latenessMs: number): void {
    this.add({ type: "delivered", id, to, size, latenessMs });
  }

  /** A try failed. */
  failed(event: DueEvent, error: ObjectStoreError): void {
    this.#stayCount += 1;
    if (error.undecided) this.left.uncertain(event);
    this.add({ type: "failed", ...dated(event), error });
  }

  undeleted(event: DueEvent, error: ObjectStoreError): void {
    this.left.uncertain(event);
    this.add({ type: "undeleted", ...dated(event), error });
  }

  backingOff(event: DueEvent): void {
    this.#stayCount += 1;
    this.add({ type: "left", ...dated(event), reason: "backing-off" });
  }

  /** It stays without a try. */
  stays(event: DueEvent, reason: Blocked): void {
    this.#stayCount += 1;
    if (reason === "blocked") this.left.passedOver();
    else this.left.untried(event);
    this.add({ type: "left", ...dated(event), reason });
  }

  /** It can never be delivered, and stays because too many are like it. */
  refused({ tracked, reason, error, message }: RejectedEvent, isNothingElseDue: boolean): void {
    const { event } = tracked;
    this.#stayCount += 1;
    if (isNothingElseDue) this.left.untried(event);
    else this.left.passedOver();
    this.add({ type: "refused", ...dated(event), to: event.to, reason, error, message });
  }

  /** The schedule is about to be listed again: everything that stays is met and counted again. */
  relisted(): void {
    this.add({ type: "relisted" });
    this.#dueCount -= this.#stayCount;
    this.#stayCount = 0;
    this.left.forget();
  }

  /** Returns what happened since the last call. */
  take(): readonly SweepEvent[] {
    this.#flushDue();
    if (this.#events.length === 0) return NOTHING;
    const events = this.#events;
    this.#events = [];
    return events;
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

/** What the next sweep must know of the events that this one leaves in the schedule, in a few numbers. Pure. */
export class EventsLeft {
  #unattemptedSinceMs: number | undefined;
  #uncertainMs: number | undefined;
  #hasPassedOver = false;

  /** It had no try: the sweep ended before, or its bucket fails slowly. */
  untried({ sinceMs }: DueEvent): void {
    this.#unattemptedSinceMs = Math.min(sinceMs, this.#unattemptedSinceMs ?? sinceMs);
  }

  /**
   * It had no try, but its back-off goes on. Blocked: it goes with the older event of its target, whose tries are its own.
   * Refused while other events are due: anyone may write many of these; once its target is allowed, it is tried at the next
   * step of its own back-off.
   */
  passedOver(): void {
    this.#hasPassedOver = true;
  }

  /** It may be at its target. */
  uncertain({ atMs }: DueEvent): void {
    this.#uncertainMs = Math.max(atMs, this.#uncertainMs ?? atMs);
  }

  /** The schedule is about to be listed again: forgets everything but what is uncertain. */
  forget(): void {
    this.#unattemptedSinceMs = undefined;
    this.#hasPassedOver = false;
  }

  /** The earliest `sinceMs` of an event that had no try, those passed over left out. */
  get unattemptedSinceMs(): number | undefined {
    return this.#unattemptedSinceMs;
  }

  /** Every event had a try. */
  get isNothingUntried(): boolean {
    return this.#unattemptedSinceMs === undefined && !this.#hasPassedOver;
  }

  /** The latest due instant of an event that may be at its target. */
  get uncertainMs(): number | undefined {
    return this.#uncertainMs;
  }
}

import type { DeadLetterReason } from "../report/sweep-event.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import type { TargetGuard } from "../targets/allow-targets.js";
import type { DeliveryError } from "../targets/destination-error.js";
import type { DeleteBatches } from "./delete-batches.js";
import type { DueEvent, FailedDelivery } from "./due-event.js";
import type { EventStates } from "./event-states.js";

export interface RejectedEvent {
  readonly event: DueEvent;
  readonly reason: DeadLetterReason;
  readonly error: DeliveryError | undefined;
  /** The same in words, or why it had no try. */
  readonly message: string;
}

export type DeadLetterOutcome =
  | { readonly outcome: "stored" | "passed-over" | "gone" | "untried" }
  | { readonly outcome: "failed"; readonly error: ObjectStoreError };

interface TableParts {
  readonly states: EventStates;
  readonly deletes: DeleteBatches;
}

interface RejectedEventsOptions {
  readonly targets: Pick<TargetGuard, "whyRefused">;
  readonly dryRun: boolean;
}

/** As many as are in memory on their way to a target. */
const MOST_KEPT = 10_000;
const CIRCUIT_FROM = 100;

/** Events that wait for the end of the sweep, which decides whether they become dead letters. Pure and synchronous. */
export class RejectedEvents {
  readonly #table: TableParts;
  readonly #options: RejectedEventsOptions;
  /** Events that failed for longer than `maxAge`, or that their destinations rejected: no configuration can be wrong. */
  readonly #certain: RejectedEvent[] = [];
  readonly #hopeless: RejectedEvent[] = [];
  /** Whether `next` may return an event: all others are settled. */
  hasStarted = false;
  #withoutRoom = 0;
  #hopelessCount = 0;
  #refusedCount = 0;

  constructor(table: TableParts, options: RejectedEventsOptions) {
    this.#table = table;
    this.#options = options;
  }

  /** The target of an event is not allowed. In a dry run, and without room, it is reported immediately and stays. */
  refuse(event: DueEvent): void {
    const { targets, dryRun } = this.#options;
    const message = targets.whyRefused(event.to);
    const rejected = { event, reason: "target-not-allowed", error: undefined, message } as const;
    if (!dryRun && this.#add(rejected)) return;
    this.#table.states.refused(rejected, false);
  }

  /** A try has failed: the event waits here if no later try is worth it, otherwise it stays. */
  failed(event: DueEvent, delivery: FailedDelivery): void {
    const { error, wasCalled, deadLetterReason: reason } = delivery;
    const { states } = this.#table;
    const { message } = error;
    if (wasCalled) states.uncertain(event);
    if (reason !== undefined && this.#add({ event, reason, error, message })) return;
    states.failed(event, error);
  }

  /** The schedule is about to be listed again: the listing meets the events that had no room again. */
  startListing(): void {
    this.#hopelessCount -= this.#withoutRoom;
    this.#refusedCount -= this.#withoutRoom;
    this.#withoutRoom = 0;
  }

  /**
   * All other events are settled: decides what becomes of these. Returns whether the circuit is open: then the configuration
   * must be wrong, and not the events. Many can never work, or `allowTargets` allows none of those that are due, however few.
   */
  start(): boolean {
    this.hasStarted = true;
    const { dueCount } = this.#table.states;
    const isMost = this.#hopelessCount > CIRCUIT_FROM && this.#hopelessCount > dueCount / 2;
    const isNothingElseDue = this.#refusedCount >= dueCount;
    const isOpen = isMost || (this.#refusedCount > 0 && isNothingElseDue);
    if (!isOpen) return false;
    for (const rejected of this.#hopeless.splice(0)) {
      this.#table.states.refused(rejected, isNothingElseDue);
    }
    return true;
  }

  /** Removes and returns the next event to move to the dead letters, where `limit` may be under way. */
  next(limit: number): RejectedEvent | undefined {
    if (!this.hasStarted || this.#table.states.counts["dead-lettering"] >= limit) return undefined;
    const next = this.#hopeless.shift() ?? this.#certain.shift();
    if (next !== undefined) this.#table.states.move(next.event, "dead-lettering");
    return next;
  }

  /** Settles an event that `next` returned; `nowMs` is monotonic. */
  ended(rejected: RejectedEvent, result: DeadLetterOutcome, nowMs: number): void {
    const { event, reason, error, message } = rejected;
    const { states, deletes } = this.#table;
    switch (result.outcome) {
      case "stored":
      case "passed-over":
        states.record(
          result.outcome === "stored"
            ? { type: "dead", id: event.id, reason, error, message }
            : { type: "passed-over", id: event.id },
        );
        states.move(event, "deleting");
        deletes.add(event, nowMs);
        break;
      case "gone":
        states.record({ type: "gone", id: event.id });
        states.end(event);
        break;
      case "failed":
        states.failed(event, result.error);
        break;
      case "untried":
        states.left(event, "untried");
    }
  }

  /** Returns false if there is no room for it: it stays for a later sweep. */
  #add(rejected: RejectedEvent): boolean {
    const isCertain = rejected.reason === "max-age" || rejected.reason === "rejected";
    const isRefused = rejected.reason === "target-not-allowed";
    const list = isCertain ? this.#certain : this.#hopeless;
    const hasRoom = list.length < MOST_KEPT;
    if (!isCertain) this.#hopelessCount += 1;
    if (isRefused) this.#refusedCount += 1;
    if (isRefused && !hasRoom) this.#withoutRoom += 1;
    if (!hasRoom) return false;
    this.#table.states.move(rejected.event, "rejected");
    list.push(rejected);
    return true;
  }
}

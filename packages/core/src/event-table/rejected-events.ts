import type { DeadLetterReason, SweepEvent } from "../report/sweep-event.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import type { TargetGuard } from "../targets/allow-targets.js";
import type { DeliveryError } from "../targets/destination-error.js";
import { formatInstant } from "../time/instant.js";
import type { DeleteBatches } from "./delete-batches.js";
import type { DueEvent, FailedDelivery } from "./due-event.js";
import type { EventStates } from "./event-states.js";

export interface RejectedEvent<Reason = DeadLetterReason> {
  readonly event: DueEvent;
  readonly reason: Reason;
  readonly error: DeliveryError | undefined;
  /** The same in words, or why it had no try. */
  readonly message: string;
}

/** An event that moves to the dead letters. */
export type UndeliverableEvent = RejectedEvent<DeadLetterReason | "expired">;

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

/**
 * Events that become dead letters: those that expired or that their destinations rejected, immediately; others wait for the end of
 * the sweep, which decides whether they do. Pure and synchronous.
 */
export class RejectedEvents {
  readonly #table: TableParts;
  readonly #options: RejectedEventsOptions;
  /** Events that failed for longer than `maxAge`: no configuration can be wrong. */
  readonly #certain: RejectedEvent[] = [];
  readonly #hopeless: RejectedEvent[] = [];
  /** Events that expired or were rejected: no circuit can save them. Newer events of their targets wait behind them. */
  readonly #undeliverable: RejectedEvent<"expired" | "rejected">[] = [];
  /** All other events are settled. */
  #hasStarted = false;
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

  /** Too late for a try: the event goes to the dead letters while the sweep goes on. */
  expired(event: DueEvent): void {
    const message = `its delivery had to start by ${formatInstant(event.expiresAtMs)}`;
    this.#giveUp({ event, reason: "expired", error: undefined, message });
  }

  /** A try has failed: the event goes to the dead letters, or waits here, if no later try is worth it; otherwise it stays. */
  failed(event: DueEvent, delivery: FailedDelivery): void {
    const { error, wasCalled, deadLetterReason: reason, nextTryMs } = delivery;
    const { states } = this.#table;
    const { message } = error;
    if (wasCalled) states.uncertain(event);
    if (reason === "rejected") this.#giveUp({ event, reason, error, message });
    else if (reason === undefined || !this.#add({ event, reason, error, message })) {
      states.failed(event, error, nextTryMs);
    }
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
    this.#hasStarted = true;
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

  /** Whether `next` may return an event. */
  get hasNext(): boolean {
    return this.#hasStarted || this.#undeliverable.length > 0;
  }

  /** Removes and returns the next event to move to the dead letters, where `limit` may be under way. */
  next(limit: number): UndeliverableEvent | undefined {
    if (this.#table.states.counts["dead-lettering"] >= limit) return undefined;
    const next = this.#undeliverable.shift() ?? this.#nextAtEnd();
    if (next !== undefined) this.#table.states.move(next.event, "dead-lettering");
    return next;
  }

  /** Settles an event that `next` returned; `nowMs` is monotonic. */
  ended(rejected: UndeliverableEvent, result: DeadLetterOutcome, nowMs: number): void {
    const { event } = rejected;
    const { states, deletes } = this.#table;
    switch (result.outcome) {
      case "stored":
      case "passed-over":
        states.record(
          result.outcome === "stored"
            ? movedToDeadLetters(rejected)
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

  #giveUp(undeliverable: RejectedEvent<"expired" | "rejected">): void {
    this.#table.states.move(undeliverable.event, "undeliverable");
    this.#undeliverable.push(undeliverable);
  }

  #nextAtEnd(): RejectedEvent | undefined {
    return this.#hasStarted ? (this.#hopeless.shift() ?? this.#certain.shift()) : undefined;
  }

  /** Returns false if there is no room for it: it stays for a later sweep. */
  #add(rejected: RejectedEvent): boolean {
    const isCertain = rejected.reason === "max-age";
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

function movedToDeadLetters({ event, reason, error, message }: UndeliverableEvent): SweepEvent {
  const { id, expiresAtMs } = event;
  return reason === "expired"
    ? { type: "expired", id, expiredAt: new Date(expiresAtMs), message }
    : { type: "dead", id, reason, error, message };
}

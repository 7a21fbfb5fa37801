import type { LeftReason } from "../report/sweep-event.js";
import type { DeleteResult } from "../store/object-store.js";
import type { DeleteBatches } from "./delete-batches.js";
import type { Delivery, DueEvent } from "./due-event.js";
import type { EventStates } from "./event-states.js";
import type { Lanes } from "./lanes.js";
import type { ReadyEvents } from "./ready-events.js";
import type { DeadLetterOutcome, RejectedEvents, UndeliverableEvent } from "./rejected-events.js";
import { type Blocked, staysAs, type TargetQueues } from "./target-queues.js";

interface TableParts {
  readonly states: EventStates;
  readonly ready: ReadyEvents;
  readonly lanes: Lanes;
  readonly queues: TargetQueues;
  readonly rejected: RejectedEvents;
  readonly deletes: DeleteBatches;
}

/** What becomes of an event, and of the others of its target, once a request for it has ended. Pure and synchronous. */
export class EventOutcomes {
  readonly #table: TableParts;

  constructor(table: TableParts) {
    this.#table = table;
  }

  deliveryEnded(event: DueEvent, delivery: Delivery, nowMs: number): void {
    const { id, to, size } = event;
    switch (delivery.outcome) {
      case "delivered":
        this.#table.states.record({
          type: "delivered",
          id,
          to,
          size,
          by: this.#howDelivered(event, delivery.isRemoved),
          latenessMs: delivery.latenessMs,
        });
        if (delivery.isRemoved) this.#finish(event);
        else this.#delete(event, nowMs);
        break;
      case "found":
        this.#table.states.record({ type: "already-delivered", id, to });
        this.#delete(event, nowMs);
        break;
      case "passed-over":
        this.#table.states.record({ type: "passed-over", id });
        this.#delete(event, nowMs);
        break;
      case "gone":
        this.#table.states.record({ type: "gone", id });
        this.#finish(event);
        break;
      case "expired":
        this.#table.rejected.expired(event);
        break;
      case "failed":
        this.#table.rejected.failed(event, delivery);
        if (event.state !== "undeliverable") this.#block(event, "blocked");
        break;
      case "untried":
      case "backing-off":
      case "postponed":
        this.stays(event, delivery.outcome);
    }
  }

  /** Settles an event that `rejected.next` returned. Where it goes or stays, the newer events of its target follow. */
  deadLetterEnded(rejected: UndeliverableEvent, result: DeadLetterOutcome, nowMs: number): void {
    const { event } = rejected;
    this.#table.rejected.ended(rejected, result, nowMs);
    if (result.outcome === "gone") this.#startNext(event);
    else if (result.outcome === "untried") this.#block(event, "untried");
    else if (result.outcome === "failed") this.#block(event, "blocked");
    else this.#hurryDelete(event);
  }

  /** Settles one event of a delete request. `retryAtMs`: its failure is worth another try then. */
  deleteEnded(event: DueEvent, result: DeleteResult, retryAtMs?: number): void {
    event.deleteAttempts += 1;
    if (result.outcome === "gone") this.#finish(event);
    else if (retryAtMs !== undefined) this.#table.deletes.retry(event, retryAtMs);
    else {
      this.#table.states.undeleted(event, result.error);
      this.#block(event, "blocked");
    }
  }

  /** The event stays, and the newer events of its target with it. */
  stays(event: DueEvent, reason: LeftReason): void {
    this.#table.states.left(event, reason);
    this.#block(event, reason === "backing-off" ? "blocked" : reason);
  }

  #howDelivered({ to }: DueEvent, isRemoved: boolean) {
    if (this.#table.lanes.of(to.bucket) !== undefined) return "destination";
    return isRemoved ? "move" : "copy";
  }

  #delete(event: DueEvent, nowMs: number): void {
    this.#table.states.move(event, "deleting");
    this.#table.deletes.add(event, nowMs);
    this.#hurryDelete(event);
  }

  /** The next event of its target waits for the delete. */
  #hurryDelete(event: DueEvent): void {
    if (this.#table.queues.hasWaiting(event)) this.#table.deletes.hurry();
  }

  #finish(event: DueEvent): void {
    this.#table.states.end(event);
    this.#startNext(event);
  }

  /** The event has left the schedule: the next one of its target goes now. */
  #startNext(event: DueEvent): void {
    const next = this.#table.queues.finish(event);
    if (next === undefined) return;
    next.isFreed = true;
    this.#table.states.move(next, "ready");
    (this.#table.lanes.of(next.to.bucket) ?? this.#table.ready).addFirst(next);
  }

  #block(event: DueEvent, how: Blocked): void {
    for (const other of this.#table.queues.block(event, how)) {
      this.#table.states.left(other, staysAs(other, event.key, how));
    }
  }
}

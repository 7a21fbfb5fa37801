import { type Delivery, type DueEvent, readDueEvents } from "../event-table/due-event.js";
import type { DeadLetterOutcome, UndeliverableEvent } from "../event-table/rejected-events.js";
import { tryAfterFailureMs } from "../lease/history.js";
import { ObjectStoreError, storeErrorOf } from "../store/object-store-error.js";
import { callDestination, deliverByCall } from "./call-destination.js";
import { type DeliverContext, deliverByCopy, deliverEvent } from "./deliver-event.js";
import type { NamedDestination } from "./destinations.js";
import { deadLetterEvent } from "./leave-schedule.js";
import type { WakeUpTurn } from "./wake-ups.js";

interface WakeUpOf {
  /** The schedule's name. */
  readonly name: string;
  readonly begin: (signal: AbortSignal) => Promise<WakeUpTurn>;
}

/** How long a sweep that lists again leaves a wake-up alone that has failed. */
const PAUSE_AFTER_FAILURE_MS = 60_000;

/** Delivers the events of one sweep, and the occurrences of wake-ups, one of each schedule at a time. */
export class Deliveries {
  readonly #context: DeliverContext;
  /** Admits the next wake-up of a schedule, which has just been stored, to the sweep. */
  readonly #admit: (next: DueEvent) => void;
  readonly #admitted = new Set<string>();
  /** When wake-ups failed (monotonic), by their keys. */
  readonly #failedMs = new Map<string, number>();
  /** The turns under way, by the names of their schedules. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(context: DeliverContext, admit: (next: DueEvent) => void) {
    this.#context = context;
    this.#admit = admit;
  }

  /** Delivers an event, or the occurrence of a wake-up. */
  deliver(event: DueEvent): Promise<Delivery> {
    const wakeUp = this.#wakeUpOf(event);
    if (wakeUp === undefined) return this.#deliverEvent(event);
    return this.#inLine(wakeUp.name, () => this.#deliverWakeUp(event, wakeUp));
  }

  /**
   * Says when a failed event is tried next: not while its destination wants no events. Not of a wake-up, which the next
   * sweep tries, and not without a lease, which remembers tries.
   */
  withNextTry(event: DueEvent, delivery: Delivery): Delivery {
    const { run, history } = this.#context;
    const isKnown = run.lease !== undefined && event.wakeUp === undefined;
    if (delivery.outcome !== "failed" || !isKnown) return delivery;
    const stepMs = tryAfterFailureMs(event, history.nowMs());
    const named = this.#destinationOf(event);
    if (named === undefined) return { ...delivery, nextTryMs: stepMs };
    const { clock } = run.schedule;
    const pausedUntilMs = clock.now() + named.pausedUntilMs - clock.monotonic();
    return { ...delivery, nextTryMs: Math.max(stepMs, pausedUntilMs) };
  }

  #deliverEvent(event: DueEvent): Promise<Delivery> {
    const named = this.#destinationOf(event);
    if (named === undefined) return deliverEvent(this.#context, event);
    return callDestination(this.#context, named, event);
  }

  #destinationOf({ to }: DueEvent): NamedDestination | undefined {
    return this.#context.run.options.destinations.get(to.bucket);
  }

  /** Copies an event, or the event that a wake-up would be, to the dead letters. */
  deadLetter(rejected: UndeliverableEvent): Promise<DeadLetterOutcome> {
    const wakeUp = this.#wakeUpOf(rejected.event);
    if (wakeUp === undefined) return deadLetterEvent(this.#context.run, rejected);
    return this.#inLine(wakeUp.name, () => this.#deadLetterWakeUp(rejected, wakeUp));
  }

  /** `undefined` for an event that is no wake-up. */
  #wakeUpOf({ id, wakeUp }: DueEvent): WakeUpOf | undefined {
    const { options, schedule, store, clock } = this.#context.run;
    const { wakeUps } = options;
    if (wakeUp === undefined || wakeUps === undefined) return undefined;
    const now = () => clock.now();
    return {
      name: wakeUp.name,
      begin: (signal) => wakeUps.begin({ ...wakeUp, id }, { schedule, store, signal, now }),
    };
  }

  /** Two wake-ups of one schedule may have different targets, and be for the same occurrence. */
  async #inLine<T>(name: string, turn: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(name) ?? Promise.resolve();
    const mine = before.then(turn);
    const over = () => undefined;
    const settled = mine.then(over, over);
    this.#turns.set(name, settled);
    try {
      return await mine;
    } finally {
      if (this.#turns.get(name) === settled) this.#turns.delete(name);
    }
  }

  async #deliverWakeUp(event: DueEvent, wakeUp: WakeUpOf): Promise<Delivery> {
    const { clock } = this.#context.run.schedule;
    const failedMs = this.#failedMs.get(event.key) ?? Number.NEGATIVE_INFINITY;
    if (clock.monotonic() - failedMs < PAUSE_AFTER_FAILURE_MS) return { outcome: "backing-off" };
    const delivery = await this.#takeTurn(event, wakeUp);
    if (delivery.outcome === "failed") this.#failedMs.set(event.key, clock.monotonic());
    return delivery;
  }

  /**
   * Delivers the occurrence of a wake-up, if it still has one, and completes the wake-up, so that it can be deleted. By its
   * destination or a copy, never a move: the wake-up must outlive its delivery. No back-off of the lease applies, because each failed try is one of the
   * schedule's next occurrence too.
   */
  async #takeTurn(event: DueEvent, { begin }: WakeUpOf): Promise<Delivery> {
    const { run, history } = this.#context;
    const { startSignal } = run.shutdown;
    let turn: WakeUpTurn;
    try {
      turn = await begin(startSignal);
    } catch (caught) {
      const error = storeErrorOf(caught);
      return startSignal.aborted ? { outcome: "untried" } : failed(error);
    }
    const isArmedLate = event.sinceMs > event.atMs;
    const mayBeDelivered = isArmedLate || history.mayBeDelivered(event);
    const delivery: Delivery = turn.delivers
      ? await this.#deliverOccurrence(event, mayBeDelivered)
      : { outcome: "passed-over" };
    if (delivery.outcome !== "passed-over" && !isAtTarget(delivery)) return delivery;
    try {
      await this.#complete(turn);
    } catch (caught) {
      const error = storeErrorOf(caught);
      return failed(turn.delivers ? undecided(event, error) : error);
    }
    return delivery;
  }

  #deliverOccurrence(event: DueEvent, mayBeDelivered: boolean): Promise<Delivery> {
    const named = this.#destinationOf(event);
    return named === undefined
      ? deliverByCopy(this.#context, event, mayBeDelivered)
      : deliverByCall(this.#context, named, event, mayBeDelivered);
  }

  /** A wake-up that can't be delivered: a copy of it becomes a dead letter, and the schedule goes on. */
  async #deadLetterWakeUp(
    rejected: UndeliverableEvent,
    { begin }: WakeUpOf,
  ): Promise<DeadLetterOutcome> {
    const { run } = this.#context;
    try {
      const turn = await begin(run.shutdown.copySignal);
      const outcome: DeadLetterOutcome = turn.delivers
        ? await deadLetterEvent(run, rejected)
        : { outcome: "passed-over" };
      const isStored = outcome.outcome === "stored" || outcome.outcome === "passed-over";
      if (isStored) await this.#complete(turn);
      return outcome;
    } catch (caught) {
      return { outcome: "failed", error: storeErrorOf(caught) };
    }
  }

  /** The next wake-up goes on in this sweep if it is of its range: no listing has to find it. */
  async #complete(turn: WakeUpTurn): Promise<void> {
    const { run } = this.#context;
    const next = await turn.complete(run.shutdown.deleteSignal);
    if (next === undefined || run.shutdown.startSignal.aborted) return;
    if (this.#admitted.has(next.key)) return; // several void wake-ups lead to the same valid one
    this.#admitted.add(next.key);
    const { schedule, options, listing, untilMs } = run;
    const { prefix } = options.partition;
    const { events } = readDueEvents(schedule.codec, prefix, [next], run.clock.now());
    for (const event of events) {
      if (event.atMs >= listing.fromMs && event.atMs <= untilMs) this.#admit(event);
    }
  }
}

function isAtTarget({ outcome }: Delivery): boolean {
  return outcome === "delivered" || outcome === "found";
}

/** The occurrence was delivered, and its wake-up stays: the next try looks for it at its target. */
function undecided({ to }: DueEvent, cause: ObjectStoreError): ObjectStoreError {
  const { code, retryable } = cause;
  const message = `its occurrence was delivered, but the schedule's next wake-up is not certainly stored, so this one stays (${cause.message})`;
  const details = { code, retryable, undecided: true, operation: "put", message, cause } as const;
  return new ObjectStoreError({ ...to, ...details });
}

function failed(error: ObjectStoreError): Delivery {
  return { outcome: "failed", error, wasAsked: false, deadLetterReason: undefined };
}

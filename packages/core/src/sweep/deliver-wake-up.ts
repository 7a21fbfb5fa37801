import { type Delivery, type DueEvent, readDueEvents } from "../event-table/due-event.js";
import type { DeadLetterOutcome, RejectedEvent } from "../event-table/rejected-events.js";
import { ObjectStoreError, storeErrorOf } from "../store/object-store-error.js";
import { type DeliverContext, deliverByCopy, deliverEvent } from "./deliver-event.js";
import { deadLetterEvent } from "./leave-schedule.js";
import type { SweepRun } from "./sweep-run.js";
import type { WakeUpTurn } from "./wake-ups.js";

/** Admits the next wake-up, which has just been stored, to the sweep. */
type OnNext = (next: DueEvent) => void;

type BeginTurn = (signal: AbortSignal) => Promise<WakeUpTurn>;

/** Delivers an event, or the occurrence of a wake-up. */
export function deliver(
  context: DeliverContext,
  event: DueEvent,
  onNext: OnNext,
): Promise<Delivery> {
  const begin = turnOf(context.run, event);
  return begin === undefined
    ? deliverEvent(context, event)
    : deliverWakeUp(context, event, begin, onNext);
}

/** Copies an event, or the event that a wake-up would be, to the dead letters. */
export function deadLetter(
  run: SweepRun,
  rejected: RejectedEvent,
  onNext: OnNext,
): Promise<DeadLetterOutcome> {
  const begin = turnOf(run, rejected.event);
  return begin === undefined
    ? deadLetterEvent(run, rejected)
    : deadLetterWakeUp(run, rejected, begin, onNext);
}

/** `undefined` for an event that is no wake-up. */
function turnOf(run: SweepRun, { id, wakeUp }: DueEvent): BeginTurn | undefined {
  const { options, schedule, store, clock } = run;
  const { wakeUps } = options;
  if (wakeUp === undefined || wakeUps === undefined) return undefined;
  return (signal) =>
    wakeUps.begin({ ...wakeUp, id }, { schedule, store, signal, nowMs: clock.now() });
}

/**
 * Delivers the occurrence of a wake-up, if it still has one, and completes the wake-up, so that it can be
 * deleted. By a copy, never a move: the wake-up must outlive its delivery. No back-off of the lease applies, because each
 * failed try is one of the schedule's next occurrence too.
 */
async function deliverWakeUp(
  context: DeliverContext,
  event: DueEvent,
  begin: BeginTurn,
  onNext: OnNext,
): Promise<Delivery> {
  const { run, history } = context;
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
    ? await deliverByCopy(context, event, mayBeDelivered)
    : { outcome: "passed-over" };
  if (delivery.outcome !== "passed-over" && !isAtTarget(delivery)) return delivery;
  try {
    await completeTurn(run, turn, onNext);
  } catch (caught) {
    const error = storeErrorOf(caught);
    return failed(turn.delivers ? undecided(event, error) : error);
  }
  return delivery;
}

/** A wake-up that can't be delivered: a copy of it becomes a dead letter, and the schedule goes on. */
async function deadLetterWakeUp(
  run: SweepRun,
  rejected: RejectedEvent,
  begin: BeginTurn,
  onNext: OnNext,
): Promise<DeadLetterOutcome> {
  try {
    const turn = await begin(run.shutdown.copySignal);
    const outcome: DeadLetterOutcome = turn.delivers
      ? await deadLetterEvent(run, rejected)
      : { outcome: "passed-over" };
    const isStored = outcome.outcome === "stored" || outcome.outcome === "passed-over";
    if (isStored) await completeTurn(run, turn, onNext);
    return outcome;
  } catch (caught) {
    return { outcome: "failed", error: storeErrorOf(caught) };
  }
}

/** The next wake-up goes on in this sweep if it is of its range: no listing has to find it. */
async function completeTurn(run: SweepRun, turn: WakeUpTurn, onNext: OnNext): Promise<void> {
  const next = await turn.complete(run.shutdown.deleteSignal);
  if (next === undefined || run.shutdown.startSignal.aborted) return;
  const { schedule, options, listing, untilMs } = run;
  const { prefix } = options.partition;
  const { events } = readDueEvents(schedule.codec, prefix, [next], run.clock.now());
  for (const event of events) {
    if (event.atMs >= listing.fromMs && event.atMs <= untilMs) onNext(event);
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

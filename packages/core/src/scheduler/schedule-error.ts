import { KeywhenError } from "../errors.js";
import type { EventId } from "../key/key-codec.js";
import { type ClockReading, noStoreTime } from "../requests/store-clock.js";
import type { ObjectRef } from "../store/object-store.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import { formatInstant } from "../time/instant.js";
import { describeSkew } from "./clock-check.js";
import type { EventIdentity } from "./plan-key.js";

/**
 * `schedule()` ended without an event that is certainly stored.
 *
 * - `too-late` (chosen delivery id): the event closed before it could be sent. Nothing is stored.
 * - `undecided`: the store's answer is missing, or came too late to be sure; `cause` is the store's error, if any. The
 *   event may be stored: `get(error.id)` shows whether it waits.
 * - `clock-skew`: the event is stored, but this machine's clock is wrong: `in` gave another instant than was meant, or
 *   `at` had passed already by the store's clock. With `in` also if the store's answer carried no readable time, so that
 *   the clock could not be checked.
 */
export class ScheduleError extends KeywhenError implements EventIdentity {
  declare readonly code: "too-late" | "undecided" | "clock-skew";
  readonly id: EventId;
  readonly at: Date;
  readonly to: ObjectRef;
  readonly deliveryId: string;

  constructor(
    code: ScheduleError["code"],
    event: EventIdentity,
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, message, options);
    this.id = event.id;
    this.at = event.at;
    this.to = event.to;
    this.deliveryId = event.deliveryId;
  }
}

/** A chosen delivery id is stored if it is absent, which is safe only before a sweeper may have delivered it. */
export function tooLate(event: EventIdentity, closesAtMs: number): ScheduleError {
  const closesAt = formatInstant(closesAtMs);
  return new ScheduleError(
    "too-late",
    event,
    `Too late to schedule delivery id ${JSON.stringify(event.deliveryId)} for ${event.at.toISOString()}: with a chosen deliveryId an event must be stored before ${closesAt} (guard). Nothing was sent. Choose a later time, or leave deliveryId out.`,
  );
}

/** No answer says whether the put was carried out. */
export function unanswered(event: EventIdentity, cause: ObjectStoreError): ScheduleError {
  const what = `may or may not be stored: the store's answer is missing (${cause.message}).`;
  return undecided(event, what, { cause });
}

/** The put was carried out, but perhaps after a delivery of the same event. */
export function answeredLate(event: EventIdentity, closesAtMs: number): ScheduleError {
  const what = `may be stored a second time: the store's answer came after ${formatInstant(closesAtMs)}, when a sweeper may already have delivered an event of this delivery id.`;
  return undecided(event, what);
}

function undecided(event: EventIdentity, what: string, options?: ErrorOptions): ScheduleError {
  const message = `The event ${what} Call get() with this error's id to see whether it waits.`;
  return new ScheduleError("undecided", event, message, options);
}

/** The put was carried out; its answer shows that this machine's clock is wrong. */
export function storedByWrongClock(
  event: EventIdentity,
  what: "in" | "at" | "chosen",
  reading: ClockReading,
): ScheduleError {
  const at = event.at.toISOString();
  const harm = {
    in: `so "in" gave the wrong instant: the event is stored for ${at}.`,
    at: `so by the store's clock ${at} has already passed: the event is stored and due immediately.`,
    chosen: `and by the store's clock the event for ${at} had already closed: it may have been delivered before and now be stored a second time.`,
  };
  const message = `${describeSkew(reading)}, ${harm[what]} Set the clock (NTP), cancel the event by this error's id, and schedule it again.`;
  return new ScheduleError("clock-skew", event, message);
}

/** The put was carried out; its answer doesn't say whether this machine's clock is right. */
export function storedUnchecked(event: EventIdentity): ScheduleError {
  const message = `It is unknown whether "in" gave the right instant: ${noStoreTime()} The event is stored for ${event.at.toISOString()}. If that is wrong, cancel it by this error's id, and schedule it with "at".`;
  return new ScheduleError("clock-skew", event, message);
}

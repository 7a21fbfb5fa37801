import {
  type DeadLetter,
  type EventDetails,
  parseEventId,
  type ScheduledEvent,
} from "@keywhen/core";
import type { DeadLetterDetails, WaitingEvent, WaitingEventDetails } from "./api/events.js";

/** Converts core's values to those of the API. */

export function toWaitingEvent({
  id,
  at,
  to: { bucket, key },
  size,
  writtenAt,
}: Omit<ScheduledEvent, "id" | "deliveryId"> & { readonly id: string }): WaitingEvent {
  return {
    id,
    at: at.toISOString(),
    to: { bucket, key },
    size,
    writtenAt: writtenAt.toISOString(),
  };
}

export function toEventDetails(event: EventDetails, guardMs: number): WaitingEventDetails {
  const closesAt = new Date(event.at.getTime() - guardMs).toISOString();
  return { ...detailsOf(event), closesAt };
}

export function toDeadLetterDetails(letter: DeadLetter): DeadLetterDetails {
  const { diedAt, reason, error } = letter;
  return { ...detailsOf(letter), diedAt: diedAt.toISOString(), reason, error };
}

function detailsOf({ deliveryId, contentType, metadata, ...event }: EventDetails) {
  return { ...toWaitingEvent(event), deliveryId, contentType, metadata };
}

/** Returns what is known of an event that this server just wrote, or `undefined` for a text that is not an id. */
export function writtenEvent(id: string, size = 0): WaitingEvent | undefined {
  const event = parseEventId(id);
  return event && toWaitingEvent({ ...event, id, size, writtenAt: new Date() });
}

import type { DeadLetter, EventDetails, ScheduledEvent } from "@keywhen/core";
import type { DeadLetterDetails, WaitingEvent, WaitingEventDetails } from "./api/index.js";

/** Core's values as the API sends them: instants as texts, what is unknown left out. */

export function toWaitingEvent({ id, at, to, size, writtenAt }: ScheduledEvent): WaitingEvent {
  return {
    id,
    at: at.toISOString(),
    to: { bucket: to.bucket, key: to.key },
    size,
    writtenAt: writtenAt.toISOString(),
  };
}

function detailsOf({ deliveryId, contentType, metadata, ...event }: EventDetails) {
  return {
    ...toWaitingEvent(event),
    ...(deliveryId === undefined ? {} : { deliveryId }),
    ...(contentType === undefined ? {} : { contentType }),
    metadata,
  };
}

export function toEventDetails(event: EventDetails, guardMs: number): WaitingEventDetails {
  return {
    ...detailsOf(event),
    closesAt: new Date(event.at.getTime() - guardMs).toISOString(),
  };
}

export function toDeadLetterDetails(letter: DeadLetter): DeadLetterDetails {
  const { diedAt, reason, error } = letter;
  return {
    ...detailsOf(letter),
    diedAt: diedAt.toISOString(),
    ...(reason === undefined ? {} : { reason }),
    ...(error === undefined ? {} : { error }),
  };
}

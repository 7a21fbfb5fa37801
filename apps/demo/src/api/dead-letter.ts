import type { WaitingEvent } from "./waiting-event.js";

/** `GET /api/dead/:id`: an event that was given up, and why. Its `closesAt` is missing: it can be redriven at any time. */
export interface DeadLetterDetails extends WaitingEvent {
  readonly deliveryId?: string;
  readonly contentType?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly diedAt: string;
  /** `max-age`, `target-not-allowed` or `target-invalid`; missing if the store kept none. */
  readonly reason?: string;
  /** What its last try met. */
  readonly error?: { readonly code: string; readonly message: string };
}

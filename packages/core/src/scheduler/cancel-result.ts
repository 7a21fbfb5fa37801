import type { EventId } from "../codec/event-id.js";
import type { ObjectStoreError } from "../store/object-store-error.js";

/**
 * What became of a `cancel` call.
 *
 * - `cancelled`: this key will not be delivered (not: one that somebody schedules again).
 * - `not-found`: no such event waits: never scheduled, cancelled, moved or delivered.
 * - `too-late`: it closed at `closedAt`, `guard` before its due instant; it is left alone.
 * - `undecided`: the store's answer is missing or came after the event had closed; or an overdue event
 *   had been tried before and is not at its target, so that it may have been delivered and consumed.
 */
export type CancelResult =
  | { readonly outcome: "cancelled"; readonly id: EventId }
  | { readonly outcome: "not-found" }
  | { readonly outcome: "too-late"; readonly closedAt: Date }
  | { readonly outcome: "undecided"; readonly error?: ObjectStoreError | undefined };

import { parseEventId } from "@keywhen/core";
import type { Counts, Delivery, LiveError, LiveEvent, WaitingEvent } from "../api/index.js";
import type { Deliveries } from "../deliveries.js";
import type { LiveHub } from "./live-hub.js";
import type { WaitingIndex } from "./waiting-index.js";

/** Takes down what becomes of events, whoever did it, and tells the listeners. */
export interface Journal {
  readonly waiting: WaitingIndex;
  readonly dead: WaitingIndex;
  scheduled(event: WaitingEvent): void;
  cancelled(id: string): void;
  rescheduled(id: string, event: WaitingEvent): void;
  delivered(delivery: Delivery): void;
  died(id: string, reason: string, error: LiveError | undefined): void;
  redriven(id: string, event: WaitingEvent): void;
  purged(id: string): void;
  gone(id: string): void;
  tell(event: LiveEvent): void;
  /** More may wait or be dead than is looked at. */
  setMore(more: { readonly waiting?: boolean; readonly dead?: boolean }): void;
  counts(): Counts;
}

export interface JournalParts {
  readonly hub: LiveHub;
  readonly deliveries: Deliveries;
  readonly waiting: WaitingIndex;
  readonly dead: WaitingIndex;
}

export function createJournal({ hub, deliveries, waiting, dead }: JournalParts): Journal {
  let more = { waiting: false, dead: false };
  const { tell } = hub;
  return {
    waiting,
    dead,
    tell,
    scheduled(event) {
      waiting.put(event);
      tell({ type: "scheduled", event });
    },
    cancelled(id) {
      waiting.leave(id, false);
      tell({ type: "cancelled", id });
    },
    rescheduled(id, event) {
      waiting.leave(id, false);
      waiting.put(event);
      tell({ type: "rescheduled", id, event });
    },
    delivered(delivery) {
      waiting.leave(delivery.id, true);
      if (deliveries.add(delivery)) tell({ type: "delivered", delivery });
    },
    died(id, reason, error) {
      waiting.leave(id, true);
      const letter = eventOfId(id);
      if (letter !== undefined) dead.put(letter);
      tell({ type: "dead", id, reason, ...(error === undefined ? {} : { error }) });
    },
    redriven(id, event) {
      dead.leave(id, false);
      waiting.put(event);
      tell({ type: "redriven", id, event });
    },
    purged(id) {
      dead.leave(id, false);
      tell({ type: "purged", id });
    },
    gone(id) {
      waiting.leave(id, false);
      tell({ type: "gone", id });
    },
    setMore(changed) {
      more = { ...more, ...changed };
    },
    counts: () => ({
      waiting: waiting.size,
      waitingIsMore: more.waiting,
      dead: dead.size,
      deadIsMore: more.dead,
      delivered: deliveries.total,
    }),
  };
}

/** What an id alone tells of an event. */
export function eventOfId(id: string, size = 0): WaitingEvent | undefined {
  const event = parseEventId(id);
  if (event === undefined) return undefined;
  const { at, to } = event;
  return { id, at: at.toISOString(), to, size, writtenAt: at.toISOString() };
}

import type { Delivery, Obstacle, WaitingEvent } from "../api/events.js";
import type { Counts, LiveError, LiveEvent } from "../api/state.js";
import type { Deliveries } from "../deliveries.js";
import { writtenEvent } from "../wire.js";
import type { LiveHub } from "./live-hub.js";
import type { Obstacles } from "./obstacles.js";
import type { WaitingIndex } from "./waiting-index.js";

/** Records what happened to events, here or elsewhere, and sends it to the listeners. */
export interface Recorder {
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
  /** It still waits. */
  met(id: string, obstacle: Obstacle): void;
  send(event: LiveEvent): void;
  /** There may be more events than this server watches. */
  setMore(more: { readonly waiting?: boolean; readonly dead?: boolean }): void;
  counts(): Counts;
}

export interface RecorderParts {
  readonly hub: LiveHub;
  readonly deliveries: Deliveries;
  readonly obstacles: Obstacles;
  readonly waiting: WaitingIndex;
  readonly dead: WaitingIndex;
}

export function createRecorder({
  hub,
  deliveries,
  obstacles,
  waiting,
  dead,
}: RecorderParts): Recorder {
  let more = { waiting: false, dead: false };
  const { send } = hub;
  const leave = (id: string, isDelivered: boolean) => {
    waiting.leave(id, isDelivered);
    obstacles.forget(id);
  };
  return {
    waiting,
    dead,
    send,
    scheduled(event) {
      waiting.put(event);
      send({ type: "scheduled", event });
    },
    cancelled(id) {
      leave(id, false);
      send({ type: "cancelled", id });
    },
    rescheduled(id, event) {
      leave(id, false);
      waiting.put(event);
      send({ type: "rescheduled", id, event });
    },
    delivered(delivery) {
      leave(delivery.id, true);
      if (deliveries.add(delivery)) send({ type: "delivered", delivery });
    },
    died(id, reason, error) {
      leave(id, true);
      const letter = writtenEvent(id);
      if (letter !== undefined) dead.put(letter);
      send({ type: "dead", id, reason, error });
    },
    redriven(id, event) {
      dead.leave(id, false);
      waiting.put(event);
      send({ type: "redriven", id, event });
    },
    purged(id) {
      dead.leave(id, false);
      send({ type: "purged", id });
    },
    gone(id) {
      leave(id, false);
      send({ type: "gone", id });
    },
    met(id, { kind, error }) {
      obstacles.put(id, { kind, error });
      send({ type: kind, id, error });
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

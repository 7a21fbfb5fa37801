import { type Observer, parseEventId, type SweepEvent } from "@keywhen/core";
import { parseWakeUpId } from "@keywhen/core/internal";
import { liveErrorOf } from "../api-failure.js";
import type { Journal } from "../live/journal.js";

/** Records what a sweep reports about events. `SweeperControl` records what it reports about itself. */
export function observeSweep(journal: Journal): Observer {
  return (event) => {
    switch (event.type) {
      case "delivered":
        return recordDelivered(journal, event);
      case "already-delivered":
        return journal.gone(event.id);
      case "failed":
        return journal.send({ type: "failed", id: event.id, error: liveErrorOf(event.error) });
      case "refused": {
        const { id, reason, message } = event;
        return journal.send({ type: "refused", id, error: { code: reason, message } });
      }
      case "dead": {
        const { id, reason, error } = event;
        return journal.died(id, reason, error === undefined ? undefined : liveErrorOf(error));
      }
      case "expired":
        return journal.died(event.id, "expired", undefined);
      default:
    }
  };
}

function recordDelivered(
  journal: Journal,
  { id, to, size, latenessMs }: Extract<SweepEvent, { type: "delivered" }>,
): void {
  const dueMs = parseEventId(id)?.at.getTime() ?? parseWakeUpId(id)?.atMs;
  if (dueMs === undefined)
    throw new TypeError(`the sweep delivered ${id}, which is not an event's id`);
  journal.delivered({
    id,
    at: new Date(dueMs).toISOString(),
    to: { bucket: to.bucket, key: to.key },
    size,
    deliveredAt: new Date(dueMs + latenessMs).toISOString(),
    latenessMs,
    by: "here",
  });
}

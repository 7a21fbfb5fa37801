import { type Observer, parseEventId, type SweepEvent } from "@keywhen/core";
import { parseWakeUpId } from "@keywhen/core/internal";
import { liveErrorOf } from "../api-failure.js";
import type { Recorder } from "../live/recorder.js";

/** Records what a sweep reports about events. `SweeperControl` records what it reports about itself. */
export function observeSweep(recorder: Recorder): Observer {
  return (event) => {
    switch (event.type) {
      case "delivered":
        return recordDelivered(recorder, event);
      case "already-delivered":
        return recorder.gone(event.id);
      case "failed":
        return recorder.met(event.id, { kind: "failed", error: liveErrorOf(event.error) });
      case "refused": {
        const { id, reason, message } = event;
        return recorder.met(id, { kind: "refused", error: { code: reason, message } });
      }
      case "dead": {
        const { id, reason, error } = event;
        return recorder.died(id, reason, error === undefined ? undefined : liveErrorOf(error));
      }
      case "expired":
        return recorder.died(event.id, "expired", undefined);
      default:
    }
  };
}

function recordDelivered(
  recorder: Recorder,
  { id, to, size, latenessMs }: Extract<SweepEvent, { type: "delivered" }>,
): void {
  const dueMs = parseEventId(id)?.at.getTime() ?? parseWakeUpId(id)?.atMs;
  if (dueMs === undefined)
    throw new TypeError(`the sweep delivered ${id}, which is not an event's id`);
  recorder.delivered({
    id,
    at: new Date(dueMs).toISOString(),
    to: { bucket: to.bucket, key: to.key },
    size,
    deliveredAt: new Date(dueMs + latenessMs).toISOString(),
    latenessMs,
    by: "here",
  });
}

import type { DueEvent } from "../event-table/due-event.js";
import { asEventId } from "../key/codec-v1.js";

/** A due event of a target; its key is its id. */
export function dueEvent(
  id: string,
  event: Partial<DueEvent> & { target?: string } = {},
): DueEvent {
  const { target = id } = event;
  const to = { bucket: "b", key: target };
  return {
    id: asEventId(id),
    key: id,
    atMs: 0,
    sinceMs: 0,
    isUndated: false,
    wakeUp: undefined,
    deliveryId: undefined,
    expiresAtMs: Number.POSITIVE_INFINITY,
    to,
    size: 0,
    state: "listed",
    isFreed: false,
    startedMs: 0,
    deleteAttempts: 0,
    ...event,
    target,
  };
}

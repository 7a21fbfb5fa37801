import type { DueEvent } from "../event-table/due-event.js";
import { asEventId } from "../key/key-codec.js";

/** An event of a target, as a sweep processes it. Its key is its id. */
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
    deliveryId: undefined,
    to,
    size: 0,
    ...event,
    target,
  };
}

import { isCopyOf } from "../options/metadata.js";
import { parseEventId } from "./event-id.js";

/** Whether an object with this metadata is what the event of this id was delivered as. */
export function isDeliveryOf(id: string, metadata: Readonly<Record<string, string>>): boolean {
  const event = parseEventId(id);
  if (event === undefined) return false;
  return isCopyOf({ atMs: event.at.getTime(), deliveryId: event.deliveryId }, metadata);
}

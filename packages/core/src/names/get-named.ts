import type { EventId } from "../key/key-codec.js";
import { readShared } from "../requests/shared-object.js";
import { detailsOf, type EventDetails } from "../scheduler/stored-event.js";
import type { NameCall } from "./held-name.js";
import { isMissing, lookAt, searchEvents } from "./known-events.js";
import { nameObject, stateOf } from "./named-object.js";

/** The event that waits under a name: the one of the last call that ended or, if it is gone, one that a call has just stored. */
export async function getNamed(
  call: NameCall,
  found: readonly EventId[],
): Promise<EventDetails | undefined> {
  const object = nameObject(call, call.name);
  for (let last: string | undefined; ; ) {
    const reading = await readShared(object, call.signal);
    const { current, lock, doubtful } = stateOf(reading, call.name);
    const known = current && (await lookAt(call, current));
    if (known?.info !== undefined) return detailsOf(known.event, known.info);
    const newest = [lock?.newId, ...doubtful.map(({ id }) => id).toReversed(), ...found];
    const other = await firstOf(call, newest);
    if (other !== undefined || known === undefined || !isMissing(known)) return other;
    const version = JSON.stringify(reading.condition);
    const { deliveryId } = known.event;
    if (version === last) {
      const [moved] = await searchEvents(call, { deliveryId });
      return firstOf(call, [moved?.id]);
    }
    last = version; // another call may just have replaced it: read the object again
  }
}

async function firstOf(
  call: NameCall,
  ids: readonly (EventId | undefined)[],
): Promise<EventDetails | undefined> {
  for (const id of ids) {
    if (id === undefined) continue;
    const { event, info } = await lookAt(call, id);
    if (info !== undefined) return detailsOf(event, info);
  }
  return undefined;
}

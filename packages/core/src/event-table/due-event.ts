import { asEventId, type EventId, type KeyCodec } from "../key/key-codec.js";
import { ageOf, type EventAge } from "../lease/history.js";
import type { ListedObject, ObjectRef } from "../store/object-store.js";

/** A waiting event on its way through a sweep. */
export interface DueEvent extends EventAge {
  readonly id: EventId;
  /** The whole key in the schedule's bucket. */
  readonly key: string;
  readonly to: ObjectRef;
  /** Bytes of the body. */
  readonly size: number;
  /** Equal for events of the same target, and only for those. */
  readonly target: string;
  /** `undefined` for a key written by hand in three parts. */
  readonly deliveryId: string | undefined;
}

/** The event that a listed object is at `nowMs` of the store's clock; `undefined` for an unrecognized object. */
export function readDueEvent(
  codec: KeyCodec,
  prefix: string,
  { key, size, lastModified }: ListedObject,
  nowMs: number,
): DueEvent | undefined {
  const id = key.slice(prefix.length);
  const decoded = codec.decode(id);
  if (decoded === undefined) return undefined;
  const { atMs, to, deliveryId } = decoded;
  return {
    id: asEventId(id),
    key,
    atMs,
    ...ageOf(atMs, lastModified, nowMs),
    to,
    size,
    target: `${to.bucket}\0${to.key}`,
    deliveryId,
  };
}

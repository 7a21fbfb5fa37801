import type { KeyCodec } from "../codec/key-codec.js";
import { asEventId, type EventId } from "../scheduler/scheduled-event.js";
import type { ListedObject, ObjectRef } from "../store/object-store.js";

/** A waiting event on its way through a sweep. */
export interface DueEvent {
  readonly id: EventId;
  /** The whole key in the schedule's bucket. */
  readonly key: string;
  readonly atMs: number;
  /** Since when it could have been delivered: its due instant, or when it was written if that was later. */
  readonly sinceMs: number;
  readonly to: ObjectRef;
  /** Bytes of the body. */
  readonly size: number;
  /** Equal for events of the same target, and only for those. */
  readonly target: string;
  /** `undefined` for a key written by hand in three parts. */
  readonly deliveryId: string | undefined;
}

/** The event that a listed object is; `undefined` for a foreign object. */
export function readDueEvent(
  codec: KeyCodec,
  prefix: string,
  { key, size, lastModified }: ListedObject,
): DueEvent | undefined {
  const id = key.slice(prefix.length);
  const decoded = codec.decode(id);
  if (decoded === undefined) return undefined;
  const { atMs, to, deliveryId } = decoded;
  return {
    id: asEventId(id),
    key,
    atMs,
    sinceMs: Math.max(atMs, lastModified.getTime()),
    to,
    size,
    target: `${to.bucket}\0${to.key}`,
    deliveryId,
  };
}

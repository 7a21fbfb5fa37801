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
  /** The store's time of writing is in the future and so not believed; `sinceMs` is its due instant. */
  readonly isUndated: boolean;
  readonly to: ObjectRef;
  /** Bytes of the body. */
  readonly size: number;
  /** Equal for events of the same target, and only for those. */
  readonly target: string;
  /** `undefined` for a key written by hand in three parts. */
  readonly deliveryId: string | undefined;
}

/** A store's times have whole seconds, and a file can be a little ahead of the clock that lists it. */
const FUTURE_MS = 60_000;

/** Since when an event could have been delivered, at `nowMs` of the store's clock. */
export function ageOf(
  atMs: number,
  lastModified: Date,
  nowMs: number,
): Pick<DueEvent, "sinceMs" | "isUndated"> {
  const writtenMs = lastModified.getTime();
  const isUndated = !(writtenMs <= nowMs + FUTURE_MS);
  return { sinceMs: isUndated ? atMs : Math.max(atMs, writtenMs), isUndated };
}

/** The event that a listed object is at `nowMs` of the store's clock; `undefined` for a foreign object. */
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

import { asEventId, type EventId } from "../codec/event-id.js";
import type { KeyCodec } from "../codec/key-codec.js";
import type { ListedObject, ObjectRef } from "../store/object-store.js";

/** What a listing tells of a waiting event. */
export interface ScheduledEvent {
  readonly id: EventId;
  /** The due instant. */
  readonly at: Date;
  readonly to: ObjectRef;
  /** Bytes of the body. */
  readonly size: number;
  /** When it was written, by the store's clock. */
  readonly writtenAt: Date;
}

/** What one HEAD tells of a waiting event. */
export interface EventDetails extends ScheduledEvent {
  /** `undefined` for a key written by hand in three parts. */
  readonly deliveryId: string | undefined;
  readonly contentType: string | undefined;
  /** The user's metadata, without keywhen's own. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The event that a listed object is; `undefined` for a foreign object. */
export function listedEvent(
  codec: KeyCodec,
  prefix: string,
  object: ListedObject,
): ScheduledEvent | undefined {
  const id = object.key.slice(prefix.length);
  const decoded = codec.decode(id);
  return (
    decoded && {
      id: asEventId(id),
      at: new Date(decoded.atMs),
      to: decoded.to,
      size: object.size,
      writtenAt: object.lastModified,
    }
  );
}

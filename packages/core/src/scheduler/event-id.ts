import { codecV1 } from "../codec/codec-v1.js";
import type { EventKey } from "../codec/key-codec.js";
import { checkDeliveryId, checkTargetNames } from "../codec/key-limits.js";
import { KeywhenError } from "../keywhen-error.js";
import type { ResolvedHome } from "../options/home.js";
import type { ObjectRef } from "../store/object-store.js";
import { type Moment, momentMs } from "../time/moment.js";
import { asEventId, type EventId } from "./scheduled-event.js";

/**
 * The id that an event with a chosen delivery id has (codec v1), so that nobody needs to store ids. Throws
 * `invalid-time` and `invalid-target`.
 */
export function eventId(event: {
  readonly at: Moment;
  readonly to: ObjectRef;
  readonly deliveryId: string;
}): EventId {
  checkTargetNames(event.to);
  checkDeliveryId(event.deliveryId);
  const { to, deliveryId } = event;
  return asEventId(codecV1.encode({ atMs: momentMs(event.at), to, deliveryId, suffix: undefined }));
}

/** What an id (codec v1) says; `undefined` if it is none. Never throws. */
export function parseEventId(text: string):
  | {
      readonly at: Date;
      readonly to: ObjectRef;
      readonly deliveryId: string | undefined;
      readonly suffix: string | undefined;
    }
  | undefined {
  const decoded = codecV1.decode(text);
  if (decoded === undefined) return undefined;
  const { atMs, ...rest } = decoded;
  return { at: new Date(atMs), ...rest };
}

/** What an id says that a caller gave; throws `invalid-id` if it is none. */
export function decodeGivenId(home: ResolvedHome, id: string): EventKey {
  const decoded = typeof id === "string" ? home.codec.decode(id) : undefined;
  if (decoded !== undefined) return decoded;
  throw new KeywhenError(
    "invalid-id",
    `"${id}" is not an event's id. Ids look like 2026-12-24T08:00:00.000Z|bucket|key|delivery-id; quote them in a shell.`,
  );
}

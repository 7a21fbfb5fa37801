import { codecV1 } from "../codec/codec-v1.js";
import { asEventId, type EventId } from "../codec/event-id.js";
import type { EventKey } from "../codec/key-codec.js";
import { checkDeliveryId, checkTargetNames } from "../codec/key-limits.js";
import { checkOptionNames } from "../input/check-option-names.js";
import { showValue } from "../input/show-value.js";
import { KeywhenError } from "../keywhen-error.js";
import type { ResolvedHome } from "../options/home.js";
import type { ObjectRef } from "../store/object-store.js";
import { type Moment, momentMs } from "../time/moment.js";

/**
 * The id of an event with a chosen delivery id (codec v1), from what it was scheduled with, so that you need not store ids.
 * A rescheduled event has another one. Throws `invalid-time`, `invalid-target` and `invalid-id`.
 */
export function eventId(event: {
  readonly at: Moment;
  readonly to: ObjectRef;
  readonly deliveryId: string;
}): EventId {
  checkOptionNames(event, ["at", "to", "deliveryId"], "eventId()");
  checkTargetNames(event.to);
  if (event.deliveryId === undefined) {
    throw new KeywhenError(
      "invalid-id",
      "eventId() needs the deliveryId that was chosen for the event; an event with a random one has the id that schedule() returned.",
    );
  }
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
  const decoded = typeof text === "string" ? codecV1.decode(text) : undefined;
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
    `${showValue(id)} is not an event's id. ${hintFor(home, id)}`,
  );
}

/** What a caller most likely meant. */
function hintFor({ codec }: ResolvedHome, given: unknown): string {
  if (typeof given === "object" && given !== null && "id" in given) return "Pass its id.";
  const unescaped = typeof given === "string" ? fromUrl(given) : undefined;
  if (unescaped !== undefined && codec.decode(unescaped) !== undefined) {
    return "It is escaped as in a URL: pass decodeURIComponent() of it.";
  }
  return "Ids look like 2026-12-24T08:00:00.000Z|bucket|key|delivery-id; quote them in a shell.";
}

function fromUrl(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // no escapes of a URL
  }
}

/** The id in what a caller gave: an id, or the whole key of an event, as listings of the bucket show it. */
export function idOfGiven(home: ResolvedHome, given: string): string {
  if (typeof given !== "string") return given; // decodeGivenId() refuses it
  const { codec, root, pendingPrefix } = home;
  const shard = /\/pending\.([0-9a-f]{2})\//.exec(given)?.[1];
  const shardPrefix = shard === undefined ? undefined : codec.shardPrefix?.(root, shard);
  const prefix = [pendingPrefix, shardPrefix].find(
    (known) => known !== undefined && given.startsWith(known),
  );
  return prefix === undefined ? given : given.slice(prefix.length);
}

import { KeywhenError } from "../errors.js";
import { checkOptionNames } from "../input/option-names.js";
import { showValue } from "../input/show-value.js";
import type { ObjectRef } from "../store/object-store.js";
import { type Moment, momentMs } from "../time/moment.js";
import { asEventId, codecV1 } from "./codec-v1.js";
import {
  DELIVERY_TIME_OPTIONS,
  type DeliveryTime,
  dueMs,
  expiresAfterMs,
  expiresAt,
} from "./delivery-time.js";
import type { EventId, EventKey, KeyCodec } from "./key-codec.js";
import { checkDeliveryId, checkTargetNames } from "./key-limits.js";

/**
 * The id of an event with a chosen delivery id (codec v1), from what it was scheduled with, so that you need not store ids.
 * A rescheduled event has another one. Throws `invalid-time`, `invalid-duration`, `invalid-target` and `invalid-id`.
 */
export function eventId(
  event: DeliveryTime & {
    readonly at: Moment;
    readonly to: ObjectRef;
    readonly deliveryId: string;
  },
): EventId {
  checkOptionNames(event, ["at", "to", "deliveryId", ...DELIVERY_TIME_OPTIONS], "eventId()");
  const { to, deliveryId } = event;
  checkTargetNames(to);
  if (deliveryId === undefined) {
    throw new KeywhenError(
      "invalid-id",
      "eventId() needs the deliveryId of the event. If you did not choose one, use the id that schedule() returned.",
    );
  }
  checkDeliveryId(deliveryId);
  const atMs = dueMs(momentMs(event.at), deliveryId, event);
  const key = { atMs, to, deliveryId, expiresAfterMs: expiresAfterMs(event), suffix: undefined };
  return asEventId(codecV1.encode(key));
}

/** Reads an id (codec v1); `undefined` if the text is not an id. Never throws. */
export function parseEventId(text: string):
  | {
      readonly at: Date;
      readonly to: ObjectRef;
      readonly deliveryId: string | undefined;
      /** Its delivery must start by then; `undefined`: without a limit. */
      readonly expiresAt: Date | undefined;
      readonly suffix: string | undefined;
    }
  | undefined {
  const decoded = typeof text === "string" ? codecV1.decode(text) : undefined;
  if (decoded === undefined) return undefined;
  const { atMs, to, deliveryId, suffix } = decoded;
  return { at: new Date(atMs), to, deliveryId, expiresAt: expiresAt(decoded), suffix };
}

export interface GivenEvent extends EventKey {
  readonly id: EventId;
}

interface IdFormat {
  readonly codec: KeyCodec;
  readonly root: string;
}

/** Reads what a caller gave as an event's id; throws `invalid-id`. */
export function parseGivenId(format: IdFormat, prefix: string, given: string): GivenEvent {
  const id = idOfGiven(format, prefix, given);
  const event = typeof id === "string" ? format.codec.decode(id) : undefined;
  if (event !== undefined) return { ...event, id: asEventId(id) };
  throw new KeywhenError(
    "invalid-id",
    `${showValue(id)} is not an event's id. ${hintFor(format, id)}`,
  );
}

/** Returns the id in what a caller gave: an id, or the whole key of an event, as listings of the bucket show it. */
export function idOfGiven({ codec, root }: IdFormat, prefix: string, given: string): string {
  if (typeof given !== "string") return given; // callers check it
  const shard = /\/pending\.([0-9a-f]{2})\//.exec(given)?.[1];
  const shardPrefix = shard === undefined ? undefined : codec.shardPrefix?.(root, shard);
  const begun = [prefix, shardPrefix].find(
    (known) => known !== undefined && given.startsWith(known),
  );
  return begun === undefined ? given : given.slice(begun.length);
}

function hintFor({ codec }: IdFormat, given: unknown): string {
  if (typeof given === "object" && given !== null && "id" in given) return "Pass its property id.";
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

import { invalidOption } from "../errors.js";
import { checkValue } from "../input/check-value.js";
import { showValue } from "../input/show-value.js";
import { escapePart, unescapePart } from "../key/codec-v1.js";
import { parseEventId } from "../key/event-id.js";
import { parseWakeUpId } from "../key/wake-up-id.js";
import { formatInstant, parseWholeInstant } from "../time/instant.js";
import { isJsonObject } from "../values.js";

/** The delivery id, percent-encoded as in the key: the consumer's idempotency key. */
const DELIVERY_ID_NAME = "keywhen-id";
/** The due instant. */
const DUE_INSTANT_NAME = "keywhen-at";

/** The limit for all names and values together (S3's for user metadata). */
export const METADATA_BYTES = 2_048;
const NAME = /^[a-z0-9-]+$/;
const VALUE = /^[\x20-\x7e]*$/;
const RESERVED = "keywhen-";

export type Metadata = Readonly<Record<string, string>>;

/** Throws `invalid-option` with the name and the rule. */
export function checkUserMetadata(metadata: Metadata): void {
  checkValue(isJsonObject(metadata), metadata, "metadata must be an object of names and values");
  for (const [name, value] of Object.entries(metadata)) {
    if (!NAME.test(name)) {
      throw invalidOption(
        `${showValue(name)} is not a valid metadata name: use only a-z, 0-9 and -.`,
      );
    }
    if (name.startsWith(RESERVED)) {
      throw invalidOption(
        `The metadata name "${name}" is reserved: choose a name that doesn't begin with ${RESERVED}.`,
      );
    }
    const subject = `The metadata value of "${name}"`;
    checkValue(typeof value === "string", value, `${subject} must be a string`, ": convert it.");
    checkValue(
      VALUE.test(value) && value.trim() === value,
      value,
      `${subject} must be printable ASCII without a space at either end`,
      ": encode it, for example with encodeURIComponent.",
    );
  }
}

export function checkMetadataSize(metadata: Metadata): void {
  const bytes = metadataBytes(metadata);
  if (bytes <= METADATA_BYTES) return;
  throw invalidOption(
    `The metadata would be ${bytes} bytes, with what keywhen adds; the limit is ${METADATA_BYTES}. Move some of it to the body.`,
  );
}

export function metadataBytes(metadata: Metadata): number {
  return Object.entries(metadata).flat().join("").length;
}

/** The metadata that identifies a delivery. */
export function keywhenMetadata(atMs: number, deliveryId: string): Metadata {
  return { [DELIVERY_ID_NAME]: escapePart(deliveryId), [DUE_INSTANT_NAME]: formatInstant(atMs) };
}

/** Reads that metadata; `undefined` for what is missing or damaged. */
export function deliveredEvent(metadata: Metadata): {
  readonly deliveryId: string | undefined;
  readonly atMs: number | undefined;
} {
  return {
    deliveryId: unescapePart(metadata[DELIVERY_ID_NAME] ?? "") || undefined,
    atMs: parseWholeInstant(metadata[DUE_INSTANT_NAME]),
  };
}

/** Whether two objects carry the same delivery id and due instant, or both carry none. */
export function isSameDelivery(one: Metadata, other: Metadata): boolean {
  return [DELIVERY_ID_NAME, DUE_INSTANT_NAME].every((name) => one[name] === other[name]);
}

export function isCopyOf(
  event: { readonly atMs: number; readonly deliveryId: string | undefined },
  metadata: Metadata,
): boolean {
  if (event.deliveryId === undefined) return false; // another event may look the same
  return isSameDelivery(keywhenMetadata(event.atMs, event.deliveryId), metadata);
}

/** The id of an event, or of a wake-up. */
export function isDeliveryOf(id: string, metadata: Metadata): boolean {
  const wakeUp = parseWakeUpId(id);
  if (wakeUp !== undefined) return isCopyOf(wakeUp, metadata);
  const event = parseEventId(id);
  if (event === undefined) return false;
  return isCopyOf({ atMs: event.at.getTime(), deliveryId: event.deliveryId }, metadata);
}

/** What the details of an event and of a dead letter have as metadata: the writer's, without any name of keywhen's. */
export function userMetadata(metadata: Metadata): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).filter(([name]) => !name.startsWith(RESERVED)),
  );
}

/** What receivers get as metadata: everything but the delivery id and the due instant, which have separate fields. */
export function receivedMetadata(metadata: Metadata): Record<string, string> {
  const { [DELIVERY_ID_NAME]: _, [DUE_INSTANT_NAME]: __, ...received } = metadata;
  return received;
}

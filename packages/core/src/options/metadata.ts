import { KeywhenError } from "../errors.js";
import { showValue } from "../input/show-value.js";
import { escapePart, unescapePart } from "../key/codec-v1.js";
import { parseEventId } from "../key/event-id.js";
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

/** Checks a user's metadata names and values; throws `invalid-option` with the name and the rule. */
export function checkUserMetadata(metadata: Readonly<Record<string, string>>): void {
  if (!isJsonObject(metadata)) {
    throw invalid(`metadata must be an object of names and values (got ${showValue(metadata)}).`);
  }
  for (const [name, value] of Object.entries(metadata)) {
    if (!NAME.test(name)) {
      throw invalid(`${showValue(name)} is not a valid metadata name: use only a-z, 0-9 and -.`);
    }
    if (name.startsWith(RESERVED)) {
      throw invalid(
        `The metadata name "${name}" is reserved: choose a name that doesn't begin with ${RESERVED}.`,
      );
    }
    if (typeof value !== "string") {
      throw invalid(
        `The metadata value of "${name}" must be a string (got ${showValue(value)}): convert it.`,
      );
    }
    if (!VALUE.test(value) || value.trim() !== value) {
      throw invalid(
        `The metadata value of "${name}" must be printable ASCII without a space at either end (got ${showValue(value)}): encode it, for example with encodeURIComponent.`,
      );
    }
  }
}

/** Checks that a whole metadata set fits; throws `invalid-option` with both numbers. */
export function checkMetadataSize(metadata: Readonly<Record<string, string>>): void {
  const bytes = metadataBytes(metadata);
  if (bytes > METADATA_BYTES) {
    throw invalid(
      `The metadata would be ${bytes} bytes, with what keywhen adds; the limit is ${METADATA_BYTES}. Move some of it to the body.`,
    );
  }
}

export function metadataBytes(metadata: Readonly<Record<string, string>>): number {
  return Object.entries(metadata).reduce(
    (sum, [name, value]) => sum + name.length + value.length,
    0,
  );
}

/** The metadata that identifies a delivery. */
export function keywhenMetadata(atMs: number, deliveryId: string): Record<string, string> {
  return {
    [DELIVERY_ID_NAME]: escapePart(deliveryId),
    [DUE_INSTANT_NAME]: formatInstant(atMs),
  };
}

/** Reads that metadata; `undefined` for what is missing or damaged. */
export function deliveredEvent(metadata: Readonly<Record<string, string>>): {
  readonly deliveryId: string | undefined;
  readonly atMs: number | undefined;
} {
  return {
    deliveryId: unescapePart(metadata[DELIVERY_ID_NAME] ?? "") || undefined,
    atMs: parseWholeInstant(metadata[DUE_INSTANT_NAME]),
  };
}

/** Whether two objects carry the same delivery id and due instant, or both carry none. */
export function isSameDelivery(
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): boolean {
  return [DELIVERY_ID_NAME, DUE_INSTANT_NAME].every((name) => one[name] === other[name]);
}

/** Whether an object is a copy of the event with this due instant and delivery id. */
export function isCopyOf(
  event: { readonly atMs: number; readonly deliveryId: string | undefined },
  metadata: Readonly<Record<string, string>>,
): boolean {
  if (event.deliveryId === undefined) return false; // another event may look the same
  const expected = keywhenMetadata(event.atMs, event.deliveryId);
  return Object.entries(expected).every(([name, value]) => metadata[name] === value);
}

/** Whether an object with this metadata is the delivery of the event with this id. */
export function isDeliveryOf(id: string, metadata: Readonly<Record<string, string>>): boolean {
  const event = parseEventId(id);
  if (event === undefined) return false;
  return isCopyOf({ atMs: event.at.getTime(), deliveryId: event.deliveryId }, metadata);
}

/** The metadata of an object without keywhen's own. */
export function userMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).filter(([name]) => !name.startsWith(RESERVED)),
  );
}

function invalid(message: string): KeywhenError {
  return new KeywhenError("invalid-option", message);
}

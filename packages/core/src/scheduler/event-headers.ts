import { showValue } from "../input/show-value.js";
import { KeywhenError } from "../keywhen-error.js";
import { checkMetadataSize, checkUserMetadata, keywhenMetadata } from "../options/metadata.js";
import type { PutOptions } from "../store/object-store.js";
import type { NewEvent } from "./new-event.js";

/** The headers under which an event is stored; throws `invalid-option` for one that no store can keep. */
export function headersOf(event: NewEvent, atMs: number, deliveryId: string): PutOptions {
  const { contentType, contentEncoding, cacheControl } = event;
  const size = "size" in event ? event.size : undefined;
  checkHeader("contentType", contentType, "text/plain; charset=utf-8");
  checkHeader("contentEncoding", contentEncoding, "gzip");
  checkHeader("cacheControl", cacheControl, "no-store");
  if (size !== undefined && !(Number.isSafeInteger(size) && size >= 0)) {
    throw invalid(`size must be a whole number of bytes (got ${showValue(size)}).`);
  }
  checkUserMetadata(event.metadata ?? {});
  const metadata = { ...event.metadata, ...keywhenMetadata(atMs, deliveryId) };
  checkMetadataSize(metadata);
  return {
    contentType: contentType ?? (event.json === undefined ? undefined : "application/json"),
    contentEncoding,
    cacheControl,
    size,
    metadata,
  };
}

/** What every store keeps as it is: HTTP forbids control characters, and stores change or refuse other characters. */
const HEADER_VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

function checkHeader(name: string, value: unknown, example: string): void {
  if (value === undefined) return;
  if (typeof value !== "string") {
    throw invalid(`${name} must be a string, such as "${example}" (got ${showValue(value)}).`);
  }
  if (value === "") throw invalid(`${name} is empty: leave it out.`);
  if (HEADER_VALUE.test(value)) return;
  throw invalid(
    `${name} must be printable ASCII without blanks at its ends, such as "${example}" (got ${showValue(value)}).`,
  );
}

function invalid(message: string): KeywhenError {
  return new KeywhenError("invalid-option", message);
}

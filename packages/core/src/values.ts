/*
 * Recognizes values of unknown types, of any realm: under Jest and in frames of a browser, `instanceof` is false for errors,
 * dates and bytes that another realm made.
 */

/** Never throws, although a proxy or a getter may. */
export function isError(value: unknown): value is Error {
  return isSafely(() => value instanceof Error || isTagged(value, "Error"));
}

/** Recognizes an error by its name and a field, so that two copies of a package agree. Never throws. */
export function isErrorWith(value: unknown, name: string, field: string): value is Error {
  return isSafely(() => isError(value) && value.name === name && field in value);
}

/** A value whose fields can't be read is not one of those that are known here. */
export function isSafely(isSo: () => boolean): boolean {
  try {
    return isSo();
  } catch {
    return false;
  }
}

export function isDate(value: unknown): value is Date {
  return value instanceof Date || isTagged(value, "Date");
}

export function isAbortSignal(value: unknown): value is AbortSignal {
  return (
    typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value
  );
}

/** Returns the same bytes as a `Uint8Array` of this realm, without a copy; `undefined` for a value that is neither a `Uint8Array` nor an `ArrayBuffer`. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (isUint8Array(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return isArrayBuffer(value) ? new Uint8Array(value) : undefined;
}

function isUint8Array(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && isTagged(value, "Uint8Array");
}

function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return isTagged(value, "ArrayBuffer");
}

function isTagged(value: unknown, tag: string): boolean {
  return Object.prototype.toString.call(value) === `[object ${tag}]`;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** Parses JSON; `undefined` for any other text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

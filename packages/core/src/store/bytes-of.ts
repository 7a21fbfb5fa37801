const tagOf = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)?.get;

/**
 * The same bytes as a `Uint8Array` of this realm, without a copy; `undefined` if the value is neither a `Uint8Array` nor an
 * `ArrayBuffer` of any realm. A value from a `vm` context, as Jest uses them, fails `instanceof`.
 */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (isUint8Array(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return isArrayBuffer(value) ? new Uint8Array(value) : undefined;
}

function isUint8Array(value: unknown): value is Uint8Array {
  return tagOf?.call(value) === "Uint8Array";
}

function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]";
}

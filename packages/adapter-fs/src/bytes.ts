import { types } from "node:util";

/** Whether a value is bytes, also those of another context (under Jest, `instanceof` says no to them). */
export function isBytes(value: unknown): value is Uint8Array {
  return types.isUint8Array(value);
}

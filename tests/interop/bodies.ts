import { createHash } from "node:crypto";

/** Every byte value, repeated, never aligned. */
export function manyBytes(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (index + (index >> 8)) % 256));
}

/** Describes a body of megabytes in one line. */
export function hashOf(body: Uint8Array): string {
  return `${body.length} bytes, ${createHash("sha256").update(body).digest("hex")}`;
}

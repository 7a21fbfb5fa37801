import { hash } from "node:crypto";

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/** A key of HMAC-SHA-256, made ready: its two blocks (RFC 2104), with room for what is hashed behind each. */
export interface HmacKey {
  inner: Buffer;
  readonly outer: Buffer;
}

/** Of a key of no more than 64 bytes. */
export function hmacKey(key: Uint8Array): HmacKey {
  return {
    inner: paddedBlock(key, 0x36, 0),
    outer: paddedBlock(key, 0x5c, DIGEST_BYTES),
  };
}

/**
 * HMAC-SHA-256 of a text of ASCII, in hexadecimal. By two hashes, each in one step: an `Hmac` of Node's is an object with
 * a life of its own and takes a sweep 5 us more a request.
 */
export function hmac(key: HmacKey, text: string): string {
  const bytes = BLOCK_BYTES + text.length;
  if (key.inner.length !== bytes) key.inner = resized(key.inner, bytes);
  key.inner.write(text, BLOCK_BYTES, "latin1");
  // As text: a Buffer for each hash takes longer than the hash.
  key.outer.write(hash("sha256", key.inner, "binary"), BLOCK_BYTES, "latin1");
  return hash("sha256", key.outer, "hex");
}

function paddedBlock(key: Uint8Array, padding: number, roomBytes: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES + roomBytes);
  for (let index = 0; index < BLOCK_BYTES; index++) block[index] = (key[index] ?? 0) ^ padding;
  return block;
}

function resized(inner: Buffer, bytes: number): Buffer {
  return Buffer.concat([inner.subarray(0, BLOCK_BYTES)], bytes);
}

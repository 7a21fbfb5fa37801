import { streamOf } from "./store-operations.js";

export const MEBIBYTE = 1_048_576;
const PERIOD = Uint8Array.from({ length: 251 }, (_, index) => index);

/** A body that repeats only after 251 bytes, so that lost and swapped pieces show. */
export function manyBytes(length: number): Buffer {
  return Buffer.alloc(length, PERIOD);
}

/** A stream of this many mebibytes, one at a time. */
export function mebibytes(count: number): ReadableStream<Uint8Array> {
  return streamOf(...Array.from({ length: count }, () => new Uint8Array(MEBIBYTE)));
}

const PERIOD = Uint8Array.from({ length: 251 }, (_, index) => index);

/** A body that repeats only after 251 bytes, so that lost and swapped pieces show. */
export function manyBytes(length: number): Buffer {
  return Buffer.alloc(length, PERIOD);
}

/**
 * Spreads occurrences over a window: the same name and nominal time always give the same place in it, and different names give
 * different ones.
 */
export function windowOffsetMs(windowMs: number, name: string, nominal: string): number {
  return windowMs === 0 ? 0 : hash(`${name}\0${nominal}`) % windowMs;
}

/** FNV-1a, with a last mix so that near names differ in every bit. Not a secret, and part of no key. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

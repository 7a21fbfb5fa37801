/**
 * Spreads instants over a window: the same names always give the same place in it, from 0 to less than `windowMs`, and different
 * names give different ones.
 */
export function windowOffsetMs(windowMs: number, ...names: readonly string[]): number {
  return windowMs === 0 ? 0 : hash(names.join("\0")) % windowMs;
}

/** FNV-1a, with a last mix so that near names differ in every bit. Not a secret. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/**
 * JavaScript compares strings by UTF-16 units, object stores by UTF-8 bytes. They differ only in that
 * surrogates (astral characters) come before U+E000–U+FFFF in UTF-16 and after them in UTF-8.
 */

/** A string that compares by `<` as the UTF-8 bytes of `key` do. */
export function byteOrder(key: string): string {
  return key.replace(/[\ud800-\uffff]/g, (unit) => {
    const code = unit.charCodeAt(0);
    return String.fromCharCode(code >= 0xe000 ? code - 0x800 : code + 0x2000);
  });
}

import type { NameLimits } from "@keywhen/core/store";

/** Every store keeps these apart, byte for byte. */
export const ODD = [
  "2026-12-24T08:00:00.000Z|bucket|path/to/key.json|k3v9q2m8x1ap~3f9a01c7",
  "per%cent",
  "per%2Fcent",
  "per%252Fcent",
  "per/cent",
  "plus+plus",
  "plus plus",
  "plus%20plus",
  "plus%2Bplus",
  "#?&=;:@,$!*()~[]{}<>^`",
  "single'double\"",
  "hash#part",
  "query?a=b&c=d",
  "xml <a>&amp;</a>",
  "Case",
  "case",
  "caf\u00e9",
  "cafe\u0301",
  "\u00fc\u00df\u65e5\u672c\u8a9e\u0440\u0443\u0441",
  "\u{1f4c5}\u{1f468}\u200d\u{1f680}",
  "a..b/.c/d",
  ".hidden",
  "-rf",
  "__proto__",
  "constructor",
  "CON",
  "file.tmp",
];

/** A store may refuse these as `invalid-key`, but what it takes it keeps. */
export const RISKY = [
  "back\\slash",
  "double//slash",
  "end/",
  "end//",
  "/start",
  "a/./b",
  "a/../b",
  "dot/.",
  "dots/..",
  "dot.",
  "...",
  "space ",
  " space",
  "line\nbreak",
  "return\rreturn",
  "tab\ttab",
  "\u0001",
  "\u007f",
  "nul\u0000nul",
  "\ufeffbom",
  "\uffff",
  "\u00e9".repeat(255),
  "|".repeat(255),
  "%".repeat(255),
];

/** By one character, by characters of two bytes, by a part that is too long. */
export function overLimit(
  prefix: string,
  { keyBytes, keySegmentCharacters }: NameLimits,
): string[] {
  const room = keyBytes - prefix.length;
  const part = Math.min(keySegmentCharacters ?? 60, 60);
  const names = [inParts("x", room + 1, part), inParts("\u00e9", room, part)];
  if (keySegmentCharacters === undefined || keySegmentCharacters >= room) return names;
  return [...names, "z".repeat(keySegmentCharacters + 1)];
}

export function inParts(character: string, length: number, part: number): string {
  return Array.from({ length }, (_, index) => {
    const isSlash = index % (part + 1) === part && index < length - 1;
    return isSlash ? "/" : character;
  }).join("");
}

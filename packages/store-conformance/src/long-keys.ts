import type { NameLimits } from "@keywhen/core/store";

/** Names that make keys over a limit: by one character, by characters of two bytes, by a part that is too long. */
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

/** A name of `length` characters with a `/` after each full part. */
export function inParts(character: string, length: number, part: number): string {
  return Array.from({ length }, (_, index) => {
    const isSlash = index % (part + 1) === part && index < length - 1;
    return isSlash ? "/" : character;
  }).join("");
}

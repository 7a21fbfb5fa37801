/** Control characters (C0, DEL, C1), bidirectional controls, and the line separators that are not control characters. */
const HIDDEN = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * Returns a text in which nothing is hidden and nothing reorders its surroundings: each such character becomes an escape
 * as in JSON (`\u202e`). The names, types, metadata and errors on the page go through here.
 */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, "0");
    return `\\u${code}`;
  });
}

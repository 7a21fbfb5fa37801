import { KeywhenError } from "@keywhen/core";

/** What `encodeURIComponent` leaves and Python quotes. */
const QUOTED_BESIDES = /[!'()*]/g;
/** The tilde as Python before 3.7 writes it. */
const OLD_TILDE = "%7E";

/**
 * Quotes a text as Python's `urllib.parse.quote` does: percent-encoded UTF-8 with uppercase hex, and
 * `A-Z a-z 0-9 _ . - ~ /` unchanged. Throws `invalid-target` for half a surrogate pair, as Python does.
 */
export function pythonQuote(text: string): string {
  try {
    return encodeURIComponent(text)
      .replaceAll("%2F", "/")
      .replace(
        QUOTED_BESIDES,
        (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
      );
  } catch (cause) {
    throw new KeywhenError(
      "invalid-target",
      `${JSON.stringify(text)} contains a lone surrogate (half of a character), which no store can keep. Remove it.`,
      { cause },
    );
  }
}

/**
 * Returns the text that Python quoted; `undefined` if Python never writes that. `%7E` is accepted if the text has no
 * raw tilde: Python 3.6 and older quote the tilde.
 */
export function pythonUnquote(quoted: string): string | undefined {
  const isOld = quoted.includes(OLD_TILDE);
  if (isOld && quoted.includes("~")) return undefined;
  try {
    const text = decodeURIComponent(quoted);
    return pythonQuote(text) === quoted.replaceAll(OLD_TILDE, "~") ? text : undefined;
  } catch {
    return undefined; // not UTF-8: unrecognized
  }
}

/**
 * How the segments of a key (the text between two `/`) become names that every file system takes, and
 * back. An ordinary segment is its own name: `reports/2026/a.pdf` is `reports/2026/a.pdf`.
 *
 * - Escaped as `%XX`: control characters and `% \ : * ? " < > |`, a dot or space at the end (so `.` and
 *   `..` are no special names), and the first letter of a name that Windows keeps for devices (`NUL`, `com1.txt`).
 * - The empty segment is `%empty`.
 * - A segment of more than 200 bytes continues in a folder: `first 200 bytes%more/the rest`.
 *
 * `%empty`, `%more` and the other words after a `%` are not hex digits, so they can't be the name of a segment.
 */
import { Buffer } from "node:buffer";

/** Leaves room for a suffix within the 255 bytes of a name. */
const NAME_BYTES = 200;
const EMPTY = "%empty";
const MORE = "%more";
/** An object whose key is also a folder of other keys: `a` next to `a/b`. */
const CLASH = "%file";
/** The folder for bodies on their way into a bucket on another device. */
export const STAGING_NAME = "%tmp";

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what no file name may hold
const UNSAFE = /[\u0000-\u001f\u007f%\\:*?"<>|]|[. ]$/g;
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?: *\.| *$)/i;
// One escape or one code point. A long name is cut between two of them.
const ATOM = /%[0-9A-F]{2}|./gsu;
const ATOM_BYTES = 4;

/** The names of one segment: one, or several nested ones for a long segment. */
export function encodeSegment(segment: string): readonly string[] {
  if (segment === "") return [EMPTY];
  const pieces = cut(segment.replace(UNSAFE, escapeCharacter)).map(escapeDevice);
  return pieces.map((piece, index) => (index < pieces.length - 1 ? piece + MORE : piece));
}

// Not in it: what only some names escape, such as a dot at the end.
const ORDINARY =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what no file name may hold
  /^(?:[^\u0000-\u001f\u007f%\\:*?"<>|]|%(?:22|25|2A|3A|3C|3E|3F|5C|7C))*[^\u0000-\u001f\u007f%\\:*?"<>|. ]$/;

/** Whether a name is certainly the one that its key gives: most are. Others have to be compared. */
export function isOrdinary(name: string): boolean {
  return Buffer.byteLength(name) <= NAME_BYTES && ORDINARY.test(name) && !DEVICE.test(name);
}

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

function escapeDevice(name: string): string {
  return DEVICE.test(name) ? escapeCharacter(name) + name.slice(1) : name;
}

function cut(escaped: string): readonly string[] {
  if (Buffer.byteLength(escaped) <= NAME_BYTES) return [escaped];
  const pieces: string[] = [];
  let piece = "";
  for (const [atom] of escaped.matchAll(ATOM)) {
    if (Buffer.byteLength(piece + atom) > NAME_BYTES) {
      pieces.push(piece);
      piece = "";
    }
    piece += atom;
  }
  return [...pieces, piece];
}

/** The names of folders that may hold keys with this beginning: the folder of its first segment, or of the first piece of a long one. */
export function foldersAtStart(text: string): readonly string[] {
  const [segment = "", ...others] = text.split("/", 2);
  const whole = encodeSegment(segment);
  const names = others.length > 0 && whole.length === 1 ? [...whole] : [];
  const escaped = `${segment}a`.replace(UNSAFE, escapeCharacter).slice(0, -1); // its end is not the key's
  let piece = "";
  for (const [atom] of escaped.matchAll(ATOM)) {
    piece += atom;
    const bytes = Buffer.byteLength(piece);
    if (bytes > NAME_BYTES) break;
    if (bytes > NAME_BYTES - ATOM_BYTES) names.push(escapeDevice(piece) + MORE);
  }
  return names;
}

/** The meaning of a name in a folder. `text` is a segment or a piece of one. */
export interface DecodedName {
  readonly text: string;
  /** The segment continues in this folder. */
  readonly goesOn: boolean;
}

/**
 * The meaning of a name found in a folder, or `undefined`. It accepts more names than `encodeSegment` makes:
 * a name is that of an object only if encoding its meaning gives the same name.
 */
export function decodeName(name: string): DecodedName | undefined {
  if (name === EMPTY) return { text: "", goesOn: false };
  const goesOn = name.endsWith(MORE);
  const text = decodePiece(goesOn ? name.slice(0, -MORE.length) : name);
  return text === undefined ? undefined : { text, goesOn };
}

/** The meaning of a file's name: `a%file` is the object `a` next to a folder `a`. */
export function decodeFileName(name: string): string | undefined {
  const plain = name.endsWith(CLASH) ? name.slice(0, -CLASH.length) : name;
  const decoded = decodeName(plain);
  return decoded === undefined || decoded.goesOn ? undefined : decoded.text;
}

/** The name of an object's file while a folder has its plain name. */
export function adjacentFolder(fileName: string): string {
  return fileName + CLASH;
}

function decodePiece(piece: string): string | undefined {
  if (!piece.includes("%")) return piece === "" ? undefined : piece;
  try {
    return decodeURIComponent(piece);
  } catch {
    return undefined;
  }
}

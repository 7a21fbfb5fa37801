import { KeywhenError } from "../keywhen-error.js";

/**
 * Percent-encoding of one part of a key: UTF-8 bytes in uppercase hex, and these characters as they are:
 * `A-Z a-z 0-9 - _ . ! ( ) * : @ , = + & $ ; /`. A `/` stays raw only between two segments that are
 * neither empty nor `.` nor `..`, and those two are escaped: stores and file systems choke on them.
 */
export function escapePart(text: string): string {
  if (isAsWritten(text, false)) return text;
  const escaped = encodeUtf8(text).replace(ENCODED_TOO_MUCH, decodeURIComponent);
  return escaped.includes("/") || escaped.startsWith(".") ? escapeSegments(escaped) : escaped;
}

/** The text that `escapePart` made this of; `undefined` if it made no such thing. Never throws. */
export function unescapePart(escaped: string): string | undefined {
  if (isAsWritten(escaped, false)) return escaped;
  if (!escaped.includes("%")) return undefined;
  const text = decodeUtf8(escaped);
  if (text === undefined) return undefined;
  return isAsWritten(escaped, true) || escapePart(text) === escaped ? text : undefined;
}

/** What `encodeURIComponent` escapes and we don't. */
const ENCODED_TOO_MUCH = /%(?:2[46BCF]|3[ABD]|40)/g;
/** What it leaves and we escape. */
const LEFT_RAW = /[~']/g;

const RAW = new Uint8Array(128);
for (const character of "-_.!()*:@,=+&$;") RAW[character.charCodeAt(0)] = 1;
for (let code = 0x30; code <= 0x39; code++) RAW[code] = 1;
for (let code = 0x41; code <= 0x5a; code++) RAW[code] = RAW[code + 0x20] = 1;

const PERCENT = 0x25;
const SLASH = 0x2f;
const DOT = 0x2e;

/**
 * Whether a part is certainly one that `escapePart` writes, with or without escapes; the fast path of
 * decoding. Escaped slashes and dots are not certain: they depend on what stands beside them.
 */
function isAsWritten(part: string, mayEscape: boolean): boolean {
  let segmentStart = 0;
  let index = 0;
  while (index < part.length) {
    if (part.charCodeAt(index) === SLASH) {
      if (index + 1 === part.length || !isOrdinarySegment(part, segmentStart, index)) return false;
      segmentStart = index + 1;
      index += 1;
    } else {
      const length = lengthAsWritten(part, index, mayEscape);
      if (length === 0) return false;
      index += length;
    }
  }
  return part === "" || isOrdinarySegment(part, segmentStart, part.length);
}

/** The length of the raw character or the escape at `index`; 0 if it is neither. */
function lengthAsWritten(part: string, index: number, mayEscape: boolean): number {
  const code = part.charCodeAt(index);
  if (code < 128 && RAW[code] === 1) return 1;
  return mayEscape && code === PERCENT && isNeededEscape(part, index) ? 3 : 0;
}

/** Two uppercase hex digits of a byte that never stays raw. */
function isNeededEscape(part: string, percentAt: number): boolean {
  const high = hexDigit(part.charCodeAt(percentAt + 1));
  const byte = high * 16 + hexDigit(part.charCodeAt(percentAt + 2));
  return byte > 127 || (byte !== SLASH && RAW[byte] === 0);
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x41 && code <= 0x46 ? code - 0x37 : Number.NaN;
}

/** Neither empty nor `.` nor `..`. */
function isOrdinarySegment(text: string, start: number, end: number): boolean {
  const length = end - start;
  if (length === 0) return false;
  if (length > 2 || text.charCodeAt(start) !== DOT) return true;
  return length === 2 && text.charCodeAt(start + 1) !== DOT;
}

function escapeSegments(escaped: string): string {
  const segments = escaped.split("/");
  return segments
    .map((segment, index) => {
      const next = segments[index + 1];
      if (next === undefined) return escapeDots(segment);
      return escapeDots(segment) + (isOrdinary(segment) && isOrdinary(next) ? "/" : "%2F");
    })
    .join("");
}

function isOrdinary(segment: string): boolean {
  return isOrdinarySegment(segment, 0, segment.length);
}

function escapeDots(segment: string): string {
  return segment === "." || segment === ".." ? segment.replaceAll(".", "%2E") : segment;
}

function encodeUtf8(text: string): string {
  try {
    return encodeURIComponent(text).replace(LEFT_RAW, (character) =>
      character === "~" ? "%7E" : "%27",
    );
  } catch (cause) {
    throw new KeywhenError(
      "invalid-target",
      `${JSON.stringify(text)} holds half of a surrogate pair, which no store can keep. Remove it.`,
      { cause },
    );
  }
}

function decodeUtf8(escaped: string): string | undefined {
  try {
    return decodeURIComponent(escaped);
  } catch {
    return undefined; // not UTF-8: unrecognized
  }
}

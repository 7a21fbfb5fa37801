import { KeywhenError } from "../keywhen-error.js";

/**
 * Percent-encoding of one part of a key: UTF-8 bytes in uppercase hex, and these characters as they are:
 * `A-Z a-z 0-9 - _ . ! ( ) * : @ , = + & $ ; /`. A `/` stays raw only between two segments that are
 * neither empty nor `.` nor `..`, and those two are escaped: stores and file systems choke on them.
 */
export function escapePart(text: string): string {
  if (isPlain(text)) return text;
  const escaped = encodeUtf8(text).replace(ENCODED_TOO_MUCH, decodeURIComponent);
  return escaped.includes("/") || escaped.startsWith(".") ? escapeSegments(escaped) : escaped;
}

/** The text that `escapePart` made this of; `undefined` if it made no such thing. Never throws. */
export function unescapePart(escaped: string): string | undefined {
  if (isPlain(escaped)) return escaped;
  if (!escaped.includes("%")) return undefined;
  const text = decodeUtf8(escaped);
  return text !== undefined && escapePart(text) === escaped ? text : undefined;
}

/** What `encodeURIComponent` escapes and we don't. */
const ENCODED_TOO_MUCH = /%(?:2[46BCF]|3[ABD]|40)/g;
/** What it leaves and we escape. */
const LEFT_RAW = /[~']/g;

const RAW = new Uint8Array(128);
for (const character of "-_.!()*:@,=+&$;") RAW[character.charCodeAt(0)] = 1;
for (let code = 0x30; code <= 0x39; code++) RAW[code] = 1;
for (let code = 0x41; code <= 0x5a; code++) RAW[code] = RAW[code + 0x20] = 1;

const SLASH = 0x2f;
const DOT = 0x2e;

/** Whether escaping changes nothing; most parts of most keys, so this is the fast path of decoding. */
function isPlain(text: string): boolean {
  let segmentStart = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === SLASH) {
      if (index + 1 === text.length || !isOrdinarySegment(text, segmentStart, index)) return false;
      segmentStart = index + 1;
    } else if (code > 127 || RAW[code] !== 1) return false;
  }
  return text === "" || isOrdinarySegment(text, segmentStart, text.length);
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
    return undefined; // not UTF-8: foreign
  }
}

import { isError } from "../values.js";

const LONGEST_TEXT = 80;

/** Describes a value that a caller gave, for an error message: `"out/k"`, `42`, `an array`, `an S3Client`. Never throws. */
export function showValue(value: unknown): string {
  if (typeof value === "string") return showText(value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return showObject(value);
  } catch {
    return "an object"; // a proxy or a getter throws
  }
}

/** The message of an error, or any other thrown value as text. Never throws: what has no text is described. */
export function thrownMessage(thrown: unknown): string {
  try {
    return String(isError(thrown) ? thrown.message : thrown);
  } catch {
    return showValue(thrown);
  }
}

/** A value as text, an error with its name. Never throws: what has no text is described. */
export function safeText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return showValue(value);
  }
}

function showObject(value: object): string {
  if (Array.isArray(value)) return "an array";
  const name: unknown = Reflect.get(value, "constructor")?.name;
  if (typeof name !== "string" || name === "" || name === "Object") return "an object";
  return `${/^[AEIOUS]\d?[A-Z]|^[AEIO]/.test(name) ? "an" : "a"} ${name}`;
}

function showText(text: string): string {
  const shown = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
  return JSON.stringify(shown);
}

/** Control characters (C0, DEL, C1), bidirectional controls, and the line separators that are not control characters. */
const INSTRUCTIONS = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
/** The same, except tabs and line breaks. */
const INSTRUCTIONS_IN_LINES = /(?![\n\t]|\r\n)[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Escapes characters that instruct a terminal or reorder the text around them, as JSON does (`\u001b`, `\n`). For everything
 * that a program prints on one line.
 */
export function visibleText(text: string): string {
  return text.replace(INSTRUCTIONS, escaped);
}

/** Does the same for a text of several lines: tabs and line breaks stay. */
export function visibleLines(text: string): string {
  return text.replace(INSTRUCTIONS_IN_LINES, escaped);
}

/** Escapes in JSON text the control characters that JSON allows in strings. The text has the same meaning. */
export function visibleJson(json: string): string {
  return json.replace(INSTRUCTIONS, unicodeEscape);
}

function escaped(character: string): string {
  return SHORT[character] ?? unicodeEscape(character);
}

export function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z: the instants that a key can hold. */
export const FIRST_INSTANT_MS = -62_167_219_200_000;
export const LAST_INSTANT_MS = 253_402_300_799_999;

/** Characters of `YYYY-MM-DDTHH:mm:ss.sssZ`. */
export const INSTANT_LENGTH = 24;

const DAY_MS = 86_400_000;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Writes an instant between the first and the last as `YYYY-MM-DDTHH:mm:ss.sssZ`. */
export function formatInstant(atMs: number): string {
  return new Date(atMs).toISOString();
}

/**
 * Reads the first 24 characters as an instant in the form that `formatInstant` writes; `undefined` for anything else. Does not
 * allocate: a sweep decodes a million keys with it in a second.
 */
export function parseInstant(text: string): number | undefined {
  if (!hasPunctuation(text)) return undefined;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  const millisecond = digits(text, 20, 3);
  if (!isRealDate(year, month, day)) return undefined;
  if (!(hour <= 23 && minute <= 59 && second <= 59 && millisecond <= 999)) return undefined;
  const timeOfDayMs = ((hour * 60 + minute) * 60 + second) * 1000 + millisecond;
  return daysSinceEpoch(year, month, day) * DAY_MS + timeOfDayMs;
}

/** Reads a JSON value that is exactly one instant; `undefined` for anything else. */
export function parseWholeInstant(json: unknown): number | undefined {
  if (typeof json !== "string" || json.length !== INSTANT_LENGTH) return undefined;
  return parseInstant(json);
}

/** The number of days in a month; 0 if there is no such month. */
export function daysInMonth(year: number, month: number): number {
  const days = DAYS_IN_MONTH[month - 1] ?? 0;
  return month === 2 && isLeapYear(year) ? 29 : days;
}

function isRealDate(year: number, month: number, day: number): boolean {
  return year >= 0 && day >= 1 && day <= daysInMonth(year, month);
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function hasPunctuation(text: string): boolean {
  return (
    text.length >= INSTANT_LENGTH &&
    text[4] === "-" &&
    text[7] === "-" &&
    text[10] === "T" &&
    text[13] === ":" &&
    text[16] === ":" &&
    text[19] === "." &&
    text[23] === "Z"
  );
}

/** The number that `count` decimal digits write; NaN for any other characters. */
function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let index = from; index < from + count; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar. `Date.UTC` reads the years 0 to 99 as 1900 to 1999, and is slower. */
export function daysSinceEpoch(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

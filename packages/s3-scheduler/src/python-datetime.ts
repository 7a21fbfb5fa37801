import {
  daysInMonth,
  daysSinceEpoch,
  FIRST_INSTANT_MS,
  LAST_INSTANT_MS,
} from "@keywhen/core/internal";

/** What Python's `str(datetime)` writes; the fraction and the offset's seconds only if they aren't zero. */
const PYTHON_DATETIME =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?:\.(?<fraction>\d{6}))?(?:(?<sign>[+-])(?<offset>\d\d:\d\d(?::\d\d(?:\.\d{6})?)?))?$/;

type Parts = Readonly<Record<string, string | undefined>>;

/**
 * Reads what `str(datetime)` writes as epoch milliseconds, rounded up; without an offset it is UTC.
 * `undefined` for what Python doesn't write, and for instants outside the years 0000 to 9999 (UTC).
 */
export function parsePythonDatetime(text: string): number | undefined {
  const parts: Parts | undefined = PYTHON_DATETIME.exec(text)?.groups;
  if (parts === undefined || !isReal(parts)) return undefined;
  const offset = offsetOf(parts);
  if (offset === undefined) return undefined;
  const { fraction = "000000", sign } = parts;
  const microseconds = Number(fraction) - (sign === "-" ? -1 : 1) * offset.microseconds;
  const seconds = localSeconds(parts) - (sign === "-" ? -1 : 1) * offset.seconds;
  const atMs = seconds * 1000 + Math.ceil(microseconds / 1000);
  return atMs >= FIRST_INSTANT_MS && atMs <= LAST_INSTANT_MS ? atMs : undefined;
}

/** Writes an instant as `str(datetime)` does in UTC; its year must be 1 or later. */
export function formatPythonDatetime(atMs: number): string {
  const iso = new Date(atMs).toISOString();
  const milliseconds = iso.slice(20, 23);
  return `${secondOf(iso)}${milliseconds === "000" ? "" : `.${milliseconds}000`}+00:00`;
}

/** `YYYY-MM-DD HH:MM:SS`, cut to the second, of an instant in the years 0000 to 9999. */
export function pythonSecond(atMs: number): string {
  return secondOf(new Date(atMs).toISOString());
}

function secondOf(iso: string): string {
  return iso.slice(0, 19).replace("T", " ");
}

/** Python counts years from 1, and writes no fraction that is zero. */
function isReal(parts: Parts): boolean {
  const year = part(parts, "year");
  const day = part(parts, "day");
  if (year < 1 || day < 1 || day > daysInMonth(year, part(parts, "month"))) return false;
  if (parts["fraction"] === "000000") return false;
  return part(parts, "hour") <= 23 && part(parts, "minute") <= 59 && part(parts, "second") <= 59;
}

function localSeconds(parts: Parts): number {
  const days = daysSinceEpoch(part(parts, "year"), part(parts, "month"), part(parts, "day"));
  const minutes = (days * 24 + part(parts, "hour")) * 60 + part(parts, "minute");
  return minutes * 60 + part(parts, "second");
}

/** How far from UTC, without its sign; `undefined` for what Python doesn't write: a day or more, `-00:00`, `+01:00:00`. */
function offsetOf({
  sign,
  offset = "00:00",
}: Parts): { seconds: number; microseconds: number } | undefined {
  const [hours = 0, minutes = 0, wholeAndFraction = 0] = offset.split(":").map(Number);
  const wholeSeconds = Math.floor(wholeAndFraction);
  if (hours > 23 || minutes > 59 || wholeSeconds > 59) return undefined;
  const microseconds = Number(offset.slice(9));
  const seconds = (hours * 60 + minutes) * 60 + wholeSeconds;
  const hasZeroTail = /:\d\d:00$|\.000000$/.test(offset);
  if (hasZeroTail || (sign === "-" && seconds + microseconds === 0)) return undefined;
  return { seconds, microseconds };
}

function part(parts: Parts, name: string): number {
  return Number(parts[name]);
}

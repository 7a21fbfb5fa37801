import { KeywhenError } from "../errors.js";
import { showValue } from "../input/show-value.js";
import type { Clock } from "../machine.js";
import { isDate } from "../values.js";
import { type Duration, durationMs } from "./duration.js";
import { daysInMonth, daysSinceEpoch, FIRST_INSTANT_MS, LAST_INSTANT_MS } from "./instant.js";

/**
 * An instant: a `Date`, an ISO 8601 string with a UTC offset, or a Temporal instant (anything with its
 * `epochMilliseconds`). Finer than a millisecond rounds up, so that nothing is ever early.
 */
export type Moment =
  | Date
  | string
  | { readonly epochMilliseconds: number; readonly epochNanoseconds?: bigint | undefined };

const EXAMPLE = "2026-12-24T09:00:00Z or 2026-12-24T09:00+01:00";
const ISO_TIME =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)T(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?(?<offset>Z|[+-]\d\d:?\d\d)?$/;

/** The instant in epoch milliseconds; throws `invalid-time` for what isn't one. */
export function momentMs(moment: Moment): number {
  const atMs = typeof moment === "string" ? parseIso(moment) : epochMs(moment);
  if (!(atMs >= FIRST_INSTANT_MS && atMs <= LAST_INSTANT_MS)) {
    throw invalidTime(
      `${shown(moment)} is outside the supported years, 0000 to 9999 (UTC). Choose another time.`,
    );
  }
  return atMs;
}

function epochMs(moment: Exclude<Moment, string>): number {
  if (isDate(moment)) {
    if (Number.isNaN(moment.getTime())) {
      throw invalidTime(
        `The Date is an Invalid Date. Check what it was made from; write it like ${EXAMPLE}.`,
      );
    }
    return moment.getTime();
  }
  if (typeof moment !== "object" || typeof moment?.epochMilliseconds !== "number") {
    throw invalidTime(
      `${showValue(moment)} is not a time. Give a Date, a Temporal.Instant or a string like ${EXAMPLE}.`,
    );
  }
  return moment.epochNanoseconds === undefined
    ? Math.ceil(moment.epochMilliseconds)
    : ceilToMs(moment.epochNanoseconds);
}

function ceilToMs(nanoseconds: bigint): number {
  const floored = nanoseconds / 1_000_000n;
  const isFiner = nanoseconds % 1_000_000n > 0n;
  return Number(isFiner ? floored + 1n : floored);
}

function parseIso(text: string): number {
  const parts = ISO_TIME.exec(text)?.groups;
  if (!parts) throw invalidTime(formProblem(text));
  const { offset, fraction = "" } = parts;
  if (offset === undefined) {
    throw invalidTime(
      `"${text}" has no UTC offset, so it is ambiguous. Write ${text}Z for UTC or, for example, ${text}+01:00.`,
    );
  }
  const part = (name: string) => Number(parts[name] ?? "0");
  const [year, month, day] = [part("year"), part("month"), part("day")];
  const [hour, minute, second] = [part("hour"), part("minute"), part("second")];
  const problem =
    rangeProblem("month", month, 1, 12) ??
    rangeProblem("day", day, 1, daysInMonth(year, month)) ??
    rangeProblem("hour", hour, 0, 23) ??
    rangeProblem("minute", minute, 0, 59) ??
    rangeProblem("second", second, 0, 59);
  if (problem !== undefined) throw invalidTime(`"${text}" is not a real time: ${problem}.`);
  const seconds = ((daysSinceEpoch(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
  const milliseconds = Math.ceil(Number(fraction.padEnd(9, "0")) / 1_000_000);
  return seconds * 1000 + milliseconds - offsetMs(offset);
}

function rangeProblem(
  unit: string,
  value: number,
  least: number,
  most: number,
): string | undefined {
  if (value >= least && value <= most) return undefined;
  return `the ${unit} must be from 0${least} to ${most} (got ${String(value).padStart(2, "0")})`;
}

function formProblem(text: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) {
    return `"${text}" is a date without a time. Add one, for example ${text}T09:00Z.`;
  }
  const isSimilar = /^[\dWTZ:.,+-]+$/.test(text);
  const problem = isSimilar ? "not a supported form of an ISO 8601 time" : "not an ISO 8601 time";
  return `"${text}" is ${problem}. Write it like ${EXAMPLE}.`;
}

function offsetMs(offset: string): number {
  if (offset === "Z") return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(-2));
  if (hours > 23 || minutes > 59) {
    throw invalidTime(`The UTC offset must be from -23:59 to +23:59 (got ${offset}).`);
  }
  return (offset.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function shown(moment: Moment): string {
  return isDate(moment) ? `The Date ${moment.getTime()} ms` : showValue(moment);
}

function invalidTime(message: string): KeywhenError {
  return new KeywhenError("invalid-time", message);
}

/**
 * When an event is due: at an instant, or after a duration from now by this machine's clock. An instant in the past is
 * allowed: the event is due immediately.
 */
export type When =
  | { readonly at: Moment; readonly in?: undefined }
  | { readonly in: Duration; readonly at?: undefined };

/** The due instant in epoch milliseconds; throws `invalid-time` or `invalid-duration`. */
export function whenMs(when: When, clock: Clock): number {
  if (typeof when !== "object" || when === null || isDate(when)) {
    throw invalidTime(`The time must be { at } or { in } (got ${showValue(when)}).`);
  }
  if (when.at !== undefined && when.in !== undefined) {
    throw invalidTime('The event has both "at" and "in": leave one out.');
  }
  if (when.at !== undefined) return momentMs(when.at);
  if (when.in === undefined) {
    throw invalidTime(
      'The time is missing: give { at: "2026-12-24T09:00+01:00" } or { in: "10m" }.',
    );
  }
  const atMs = Math.ceil(clock.now() + durationMs(when.in));
  if (atMs < FIRST_INSTANT_MS || atMs > LAST_INSTANT_MS) {
    throw invalidTime(
      `${when.in} from now is after the year 9999, the last one supported. Choose a shorter duration.`,
    );
  }
  return atMs;
}

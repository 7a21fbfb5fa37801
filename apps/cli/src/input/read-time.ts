import { type Duration, KeywhenError, parseDuration, type When } from "@keywhen/core";
import { durationMs } from "@keywhen/core/internal";
import { UsageError } from "@keywhen/host";
import type { WhenOptions } from "../commands/options.js";
import { readPhrase } from "./read-phrase.js";
import type { TimeContext } from "./time-zone.js";
import { readFraction, wallClockInstant } from "./wall-clock.js";

const WALL_CLOCK = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)$/;
const ISO_BEGINNING = /^\d{4}-\d\d-\d\dT/;
/** With spaces where ISO 8601 has a T or nothing, as `date`, databases and RFC 3339 write it. */
const SPACED_ISO =
  /^(\d{4}-\d\d-\d\d)(?:T|\s+)(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(?:(Z)|([+-]\d\d):?(\d\d))$/i;

/** An instant, or an ISO text that core checks. */
export type ReadMoment = Date | string;

/**
 * Reads a time of the command line: ISO 8601 with an offset (which core checks) or without one (in the
 * context's zone), `+90m` from now, or a phrase like `tomorrow 9am`. Throws `invalid-time`.
 */
export async function readMoment(text: string, context: TimeContext): Promise<ReadMoment> {
  if (text.startsWith("+")) return after(text, context.nowMs);
  const [, date, time] = WALL_CLOCK.exec(text) ?? [];
  if (date !== undefined) return readWallClock(`${date}T${time}`, text, context);
  const [, day, timeOfDay, utc, hours, minutes] = SPACED_ISO.exec(text.trim()) ?? [];
  if (day !== undefined) return `${day}T${timeOfDay}${utc ? "Z" : `${hours}:${minutes}`}`;
  if (ISO_BEGINNING.test(text)) return text;
  return readPhrase(text, context);
}

/** Passes a date such as 30 February on to core, which explains it best. */
async function readWallClock(iso: string, text: string, context: TimeContext): Promise<ReadMoment> {
  const { text: wallClock, roundUpMs } = readFraction(iso);
  try {
    const at = await wallClockInstant(wallClock, text, context);
    return new Date(at.getTime() + roundUpMs);
  } catch (error) {
    if (error instanceof RangeError) return `${iso}Z`;
    throw error;
  }
}

function after(text: string, nowMs: number): Date {
  const at = new Date(nowMs + durationMs(parseDuration(text.slice(1))));
  if (Number.isNaN(at.getTime())) {
    throw new KeywhenError(
      "invalid-time",
      `${text} is after the year 9999, the last one supported. Choose an earlier time.`,
    );
  }
  return at;
}

/** Reads `--at TIME` or `--in DURATION`: exactly one of them. */
export async function readWhen(options: WhenOptions, context: TimeContext): Promise<When> {
  if (options.at !== undefined && options.in !== undefined) {
    throw new UsageError("Both --at and --in are given.", "Leave one out.");
  }
  if (options.at !== undefined) return { at: await readMoment(options.at, context) };
  if (options.in !== undefined) return { in: await readSpan(options.in, context) };
  throw new UsageError("No time is given.", "Give --at 2026-12-24T09:00+01:00 or --in 10m.");
}

/** Users give phrases to `--in` too, so the message names `--at`. */
async function readSpan(text: string, context: TimeContext): Promise<Duration> {
  try {
    return parseDuration(text.replace(/^\+/, ""));
  } catch (error) {
    const phrase = /^\s*in\b/i.test(text) ? text.trim() : `in ${text.trim()}`;
    const isPhrase = await readPhrase(phrase, context).then(
      () => true,
      () => false,
    );
    if (!isPhrase) throw error;
    throw new KeywhenError(
      "invalid-duration",
      `"${text}" is not a duration such as 90s, 10m or 7d. Give a phrase as --at '${phrase}'.`,
      { cause: error },
    );
  }
}

/** Whether the same text means another instant a moment later. */
export function isSpanFromNow({ at = "", in: span }: WhenOptions): boolean {
  return span !== undefined || /^\s*(?:\+|in\b|now\b)|\b(?:from now|later)\s*$/i.test(at);
}

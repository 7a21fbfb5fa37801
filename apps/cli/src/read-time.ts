import { durationMs, KeywhenError, type Moment, parseDuration, type When } from "@keywhen/core";
import { readPhrase } from "./read-phrase.js";
import type { TimeContext } from "./time-zone.js";
import { wallClockInstant } from "./wall-clock.js";

const WALL_CLOCK = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)$/;
const ISO_BEGINNING = /^\d{4}-\d\d-\d\dT/;

/**
 * Reads a time of the command line: ISO 8601 with an offset (which core checks) or without one (in the
 * context's zone), `+90m` from now, or a phrase like `tomorrow 9am`. Throws `invalid-time`.
 */
export async function readMoment(text: string, context: TimeContext): Promise<Moment> {
  if (text.startsWith("+")) return after(text, context.nowMs);
  const [, date, time] = WALL_CLOCK.exec(text) ?? [];
  if (date !== undefined) return readWallClock(`${date}T${time}`, text, context);
  if (ISO_BEGINNING.test(text)) return text;
  return readPhrase(text, context);
}

/** Core tells best what is wrong with 30 February. */
async function readWallClock(iso: string, text: string, context: TimeContext): Promise<Moment> {
  try {
    return await wallClockInstant(iso, text, context);
  } catch (error) {
    if (error instanceof RangeError) return `${iso}Z`;
    throw error;
  }
}

function after(text: string, nowMs: number): Date {
  const at = new Date(nowMs + durationMs(parseDuration(text.slice(1))));
  if (Number.isNaN(at.getTime())) {
    throw new KeywhenError("invalid-time", `${text} reaches past the year 9999; nearer, please.`);
  }
  return at;
}

/** Reads `--at TIME` or `--in DURATION`: exactly one of them. */
export async function readWhen(
  options: { readonly at?: string | undefined; readonly in?: string | undefined },
  context: TimeContext,
): Promise<When> {
  if (options.at !== undefined && options.in !== undefined) {
    throw new KeywhenError("invalid-time", "--at and --in exclude each other: leave one out.");
  }
  if (options.at !== undefined) return { at: await readMoment(options.at, context) };
  if (options.in !== undefined) return { in: parseDuration(options.in.replace(/^\+/, "")) };
  throw new KeywhenError(
    "invalid-time",
    "When is it due? Give --at 2026-12-24T09:00+01:00 or --in 10m.",
  );
}

import { KeywhenError } from "@keywhen/core";
import type { ParsedComponents, ParsedResult } from "chrono-node";
import type { TimeContext } from "./time-zone.js";
import { readFraction, wallClockInstant } from "./wall-clock.js";

const FORMS =
  "Write 2026-12-24T09:00+01:00, +90m, or a phrase such as 'tomorrow 9am' or 'friday 17:30'.";

/** `7/12`, and `7.12.2099` or `7-12-2099`: the month is first for some readers and second for others. */
const DATE_IN_NUMBERS = /(\d+)\s*\/\s*(\d+)|(?<![\d./-])(\d{1,2})\s*[.-]\s*(\d{1,2})\s*[.-]\s*\d/;
const MONTHS = 12;
/** Unless the text has one of these words, a weekday without a date is the next one. */
const PAST = /\b(?:last|past|previous|ago)\b/i;
/** The Z of `10:00 Z`. The parser does not know it after a space. */
const ZULU = /(?<=\d|\s|[ap]m)z(?=\s|$)/i;
/** Words that may be abbreviations of zones. */
const SHORT_WORDS = /(?<![a-z])[a-z]{2,4}(?![a-z])/gi;
/** The abbreviations with one offset, everywhere and in each season. */
const NAMES_OF_UTC = ["UTC", "GMT"];

/** Reads an English phrase for a time. Without a day it is the next such time. Throws `invalid-time`. */
export async function readPhrase(text: string, context: TimeContext): Promise<Date> {
  refuseDateInNumbers(text);
  const { start } = await parse(text, context);
  const { roundUpMs } = readFraction(text);
  const day = await dayOf(text, start, context);
  if (start.isCertain("timezoneOffset")) {
    await refuseAbbreviation(text);
    const movedMs = dayMs(day) - dayMs(componentsOf(start));
    return new Date(start.date().getTime() + movedMs + roundUpMs);
  }
  const isSameTimeOfDay = start.tags().has("result/relativeDate");
  if (!start.isCertain("hour") && !isSameTimeOfDay) {
    throw invalidTime(`"${text}" has no time of day: add one, such as 9am or 17:30.`);
  }
  const at = await wallClockInstant(wallClockOf(start, day), text, context);
  return new Date(at.getTime() + roundUpMs);
}

function refuseDateInNumbers(text: string): void {
  const [, ...numbers] = DATE_IN_NUMBERS.exec(text) ?? [];
  if (numbers.length === 0) return;
  const isAmbiguous = numbers.every((number) => Number(number ?? 0) <= MONTHS);
  const problem = isAmbiguous
    ? "could mean two days"
    : "has a date in numbers, which countries order differently";
  throw invalidTime(`"${text}" ${problem}: write the name of the month, or 2026-12-24 09:00.`);
}

/** Parses the whole text, because a part of it could mean something else. */
async function parse(text: string, { nowMs, zone }: TimeContext): Promise<ParsedResult> {
  const { casual } = await import("chrono-node"); // loaded only for phrases
  const instant = new Date(nowMs);
  const reference = { instant, timezone: offsetMinutes(zone, instant) };
  const said = readFraction(text).text.replace(ZULU, " UTC");
  const [result] = casual.parse(said, reference, { forwardDate: !PAST.test(text) });
  const isWhole = result?.text.length === said.trim().length;
  if (isWhole && result?.end) {
    throw invalidTime(
      `"${text}" reads as a span between two times. Give one time; with a UTC offset, write it like 2026-12-24T09:00-07:00.`,
    );
  }
  if (result === undefined || !isWhole) {
    throw invalidTime(`"${text}" is not a time that keywhen understands. ${FORMS}`);
  }
  return result;
}

/** Abbreviations such as CET have different meanings in different places and seasons. */
async function refuseAbbreviation(text: string): Promise<void> {
  const { casual } = await import("chrono-node");
  for (const [word] of text.matchAll(SHORT_WORDS)) {
    const name = word.toUpperCase();
    if (NAMES_OF_UTC.includes(name)) continue;
    const [result] = casual.parse(`12:00 ${name}`);
    if (!result?.start.isCertain("timezoneOffset")) continue;
    throw invalidTime(
      `"${text}" names its zone by the abbreviation ${word}, which means different offsets in different places and seasons. Write the offset instead, such as 2026-12-24T09:00+01:00, or give --tz Europe/Berlin.`,
    );
  }
}

const DAY_MS = 86_400_000;
/** Every month has this day. */
const SAFE_DAY = 28;

/**
 * Returns the day that the text means. The parser's "in 1 month" runs over the end of a short month. So on the 29th, 30th and
 * 31st the text is parsed again as of the 28th: a result on a 28th is a sum of months, which ends on the same day of the
 * month, or on its last day.
 */
async function dayOf(text: string, start: ParsedComponents, context: TimeContext): Promise<Day> {
  const said = componentsOf(start);
  const today = new Date(
    context.nowMs + offsetMinutes(context.zone, new Date(context.nowMs)) * 60_000,
  );
  const excessDays = today.getUTCDate() - SAFE_DAY;
  if (excessDays <= 0 || !/month|quarter|year|\dmo?\b|\dyr?s?\b/i.test(text)) return said;
  const safe = await parse(text, { ...context, nowMs: context.nowMs - excessDays * DAY_MS });
  const { year, month, day } = componentsOf(safe.start);
  if (year === said.year && month === said.month && day === said.day) return said;
  if (day !== SAFE_DAY) {
    throw invalidTime(
      `"${text}" depends on the length of a month: write the date, such as 2026-12-24 09:00.`,
    );
  }
  return { year, month, day: Math.min(today.getUTCDate(), lastDayOf(year, month)) };
}

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

function componentsOf(start: ParsedComponents): Day {
  const part = (name: keyof Day) => start.get(name) ?? 0;
  return { year: part("year"), month: part("month"), day: part("day") };
}

function dayMs({ year, month, day }: Day): number {
  return Date.UTC(year, month - 1, day);
}

function lastDayOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function wallClockOf(start: ParsedComponents, { year, month, day }: Day): string {
  const two = (number: number) => String(number).padStart(2, "0");
  const part = (name: "hour" | "minute" | "second" | "millisecond") => start.get(name) ?? 0;
  const ms = String(part("millisecond")).padStart(3, "0");
  const time = `${two(part("hour"))}:${two(part("minute"))}:${two(part("second"))}.${ms}`;
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}T${time}`;
}

function offsetMinutes(timeZone: string, at: Date): number {
  const format = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  const name = format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign, hours = "0", minutes = "0"] = /([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function invalidTime(message: string): KeywhenError {
  return new KeywhenError("invalid-time", message);
}

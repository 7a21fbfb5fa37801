import { KeywhenError } from "@keywhen/core";
import type { ParsedComponents, ParsedResult } from "chrono-node";
import type { TimeContext } from "./time-zone.js";
import { wallClockInstant } from "./wall-clock.js";

const FORMS =
  "Write 2026-12-24T09:00+01:00, +90m, or say it, like 'tomorrow 9am' or 'friday 17:30'.";

/** Reads a time as people say it, in English; the next one if it names no day. Throws `invalid-time`. */
export async function readPhrase(text: string, context: TimeContext): Promise<Date> {
  if (/\d\s*\/\s*\d/.test(text)) {
    throw invalidTime(`"${text}" could be two days: write the month's name, or 2026-12-24 09:00.`);
  }
  const { start } = await parse(text, context);
  if (start.isCertain("timezoneOffset")) return start.date();
  const isSameTimeOfDay = start.tags().has("result/relativeDate");
  if (!start.isCertain("hour") && !isSameTimeOfDay) {
    throw invalidTime(`"${text}" names no time of day: add one, like 9am or 17:30.`);
  }
  return wallClockInstant(wallClockOf(start), text, context);
}

/** What the whole text says: a part of it could leave out what matters. */
async function parse(text: string, { nowMs, zone }: TimeContext): Promise<ParsedResult> {
  const { casual } = await import("chrono-node"); // loaded for phrases alone
  const instant = new Date(nowMs);
  const reference = { instant, timezone: offsetMinutes(zone, instant) };
  const [result] = casual.parse(text, reference, { forwardDate: true });
  const isWhole = result?.text.length === text.trim().length;
  if (result === undefined || !isWhole || result.end) {
    throw invalidTime(`"${text}" is not a time that keywhen understands. ${FORMS}`);
  }
  return result;
}

function wallClockOf(components: ParsedComponents): string {
  const two = (part: "month" | "day" | "hour" | "minute" | "second") =>
    String(components.get(part) ?? 0).padStart(2, "0");
  const year = String(components.get("year") ?? 0).padStart(4, "0");
  return `${year}-${two("month")}-${two("day")}T${two("hour")}:${two("minute")}:${two("second")}`;
}

/** How far a zone is from UTC at an instant. */
function offsetMinutes(timeZone: string, at: Date): number {
  const format = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  const name = format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign, hours = "0", minutes = "0"] = /([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function invalidTime(message: string): KeywhenError {
  return new KeywhenError("invalid-time", message);
}

import { localZone } from "../input/time-zone.js";

/** `Wed 25 Nov 2026, 09:00:00 Europe/Berlin`. */
export function showInstant(at: Date, zone: string = localZone()): string {
  const { weekday, day, month, year, hour, minute, second } = partsIn(zone, at);
  return `${weekday} ${day} ${month} ${year}, ${hour}:${minute}:${second} ${zone}`;
}

/** `2026-11-25 09:00:00 +01:00`. */
export function showColumn(at: Date, zone: string = localZone()): string {
  const {
    day = "",
    month: name = "",
    year = "",
    hour,
    minute,
    second,
    offset = "",
  } = partsIn(zone, at);
  const month = String(MONTHS.indexOf(name) / 4 + 1).padStart(2, "0");
  const date = `${year.padStart(4, "0")}-${month}-${day.padStart(2, "0")}`;
  return `${date} ${hour}:${minute}:${second} ${offset.slice(3) || "+00:00"}`;
}

/** `09:00:00.003`. */
export function showClock(at: Date, zone: string = localZone()): string {
  const { hour, minute, second } = partsIn(zone, at);
  const ms = String(((at.getTime() % 1_000) + 1_000) % 1_000).padStart(3, "0");
  return `${hour}:${minute}:${second}.${ms}`;
}

/** `23 Nov 14:02`, and the year if it isn't this one: `23 Nov 2025 14:02`. */
export function showMinute(at: Date, nowMs: number, zone: string = localZone()): string {
  const { day, month, year, hour, minute } = partsIn(zone, at);
  const isThisYear = year === partsIn(zone, new Date(nowMs))["year"];
  return `${day} ${month} ${isThisYear ? "" : `${year} `}${hour}:${minute}`;
}

/** `in 23 h 12 min`, `4 min ago`, `now`. */
export function showDistance(ms: number): string {
  if (Math.abs(ms) < 500) return "now";
  return ms > 0 ? `in ${showSpan(ms)}` : `${showSpan(-ms)} ago`;
}

/** A span in its two largest units: `23 h 12 min`, `1.3 s`, `2 ms`. */
export function showSpan(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toString()} s`;
  const seconds = Math.round(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) return `${seconds} s`;
  if (hours === 0) return two(minutes, "min", seconds % 60, "s");
  if (hours < 24) return two(hours, "h", minutes % 60, "min");
  return two(Math.floor(hours / 24), "d", hours % 24, "h");
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  const first = `${large.toLocaleString("en-US")} ${largeUnit}`;
  return small === 0 ? first : `${first} ${small} ${smallUnit}`;
}

function partsIn(zone: string, at: Date): Record<string, string> {
  const format = formatOf(zone);
  const parts = format.formatToParts(at).map(({ type, value }) => [type, value] as const);
  return Object.fromEntries(
    parts.map(([type, value]) => [type === "timeZoneName" ? "offset" : type, value]),
  );
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Creating a format takes longer than using it a hundred times. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat("en-US", { ...FULL, timeZone });
  formats.set(timeZone, format);
  return format;
}

const FULL = {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
  timeZoneName: "longOffset",
} as const satisfies Intl.DateTimeFormatOptions;

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec";

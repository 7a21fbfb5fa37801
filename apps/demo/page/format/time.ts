/** Times as the page shows them: in the viewer's zone, to the second, 24 hours. */

const clockFormat = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const dayFormat = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
});
const fullFormat = new Intl.DateTimeFormat("en-GB", {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
});

export const viewersZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** `09:30:05` */
export function clockTime(atMs: number): string {
  return clockFormat.format(atMs);
}

/** `09:30:05.042` */
export function clockTimeToTheMs(atMs: number): string {
  return `${clockFormat.format(atMs)}.${String(new Date(atMs).getMilliseconds()).padStart(3, "0")}`;
}

/** `Thu, 24 Dec`, with the year where it is another than now's. */
export function day(atMs: number, nowMs: number): string {
  const year = new Date(atMs).getFullYear();
  const suffix = year === new Date(nowMs).getFullYear() ? "" : ` ${year}`;
  return dayFormat.format(atMs) + suffix;
}

/** `Thursday 24 December 2026 at 09:30:05 CET` */
export function fullTime(atMs: number): string {
  return fullFormat.format(atMs);
}

export function isSameDay(oneMs: number, otherMs: number): boolean {
  return new Date(oneMs).toDateString() === new Date(otherMs).toDateString();
}

/** The value of an `<input type="datetime-local">`, in the viewer's zone or in UTC. */
export function localInputValue(atMs: number, zone: "local" | "utc"): string {
  const shiftMs = zone === "utc" ? 0 : -new Date(atMs).getTimezoneOffset() * 60_000;
  return new Date(atMs + shiftMs).toISOString().slice(0, 19);
}

/** `UTC+01:00`, as the viewer's zone is at the instant. */
export function utcOffset(atMs: number): string {
  const minutes = -new Date(atMs).getTimezoneOffset();
  const sign = minutes < 0 ? "−" : "+";
  const hours = String(Math.floor(Math.abs(minutes) / 60)).padStart(2, "0");
  return `UTC${sign}${hours}:${String(Math.abs(minutes) % 60).padStart(2, "0")}`;
}

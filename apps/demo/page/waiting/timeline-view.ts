/** The time range of the timeline. */
export interface TimelineView {
  readonly startMs: number;
  readonly spanMs: number;
}

export interface Tick {
  readonly atMs: number;
  readonly label: string;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const SHORTEST_SPAN_MS = 10 * SECOND_MS;
const LONGEST_SPAN_MS = 4_000 * DAY_MS;
/** The place of the current time while the timeline follows it: recent deliveries are still visible. */
const NOW_SHARE = 0.2;

export const SPANS: readonly { readonly label: string; readonly ms: number }[] = [
  { label: "1 min", ms: MINUTE_MS },
  { label: "10 min", ms: 10 * MINUTE_MS },
  { label: "1 hour", ms: HOUR_MS },
  { label: "1 day", ms: DAY_MS },
  { label: "7 days", ms: 7 * DAY_MS },
];

const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 14, 30, 90, 180, 365, 730].map((days) => days * DAY_MS),
];

export function viewAround(nowMs: number, spanMs: number): TimelineView {
  return { startMs: nowMs - spanMs * NOW_SHARE, spanMs };
}

/** Returns the view with another span. `fixedMs` keeps its place. */
export function zoomed(view: TimelineView, factor: number, fixedMs: number): TimelineView {
  const spanMs = Math.min(LONGEST_SPAN_MS, Math.max(SHORTEST_SPAN_MS, view.spanMs * factor));
  const share = (fixedMs - view.startMs) / view.spanMs;
  return { startMs: fixedMs - share * spanMs, spanMs };
}

/** Returns the labels of the axis, at round local times, at most `most`. */
export function ticks(view: TimelineView, most: number): readonly Tick[] {
  const stepMs = STEPS_MS.find((step) => view.spanMs / step <= most) ?? view.spanMs;
  const zoneMs = new Date(view.startMs).getTimezoneOffset() * MINUTE_MS;
  const first = Math.ceil((view.startMs - zoneMs) / stepMs) * stepMs + zoneMs;
  const all: Tick[] = [];
  for (let atMs = first; atMs < view.startMs + view.spanMs; atMs += stepMs) {
    all.push({ atMs, label: label(atMs, stepMs) });
  }
  return all;
}

const formats = {
  seconds: format({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  minutes: format({ hour: "2-digit", minute: "2-digit" }),
  hours: format({ weekday: "short", hour: "2-digit", minute: "2-digit" }),
  days: format({ weekday: "short", day: "numeric", month: "short" }),
  months: format({ day: "numeric", month: "short", year: "numeric" }),
};

function label(atMs: number, stepMs: number): string {
  if (stepMs < MINUTE_MS) return formats.seconds.format(atMs);
  if (stepMs < HOUR_MS) return formats.minutes.format(atMs);
  if (stepMs < DAY_MS) return formats.hours.format(atMs);
  return stepMs < 14 * DAY_MS ? formats.days.format(atMs) : formats.months.format(atMs);
}

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-GB", options);
}

import type { Occurrence } from "../rule/rule.js";
import type { OffsetSpan } from "./zone-offsets.js";

/** A cron rule as sets of numbers, so that the oracle needs no parser. Sunday is 0. */
export interface WalkedRule {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** The day of the month and the weekday, as `Date` counts them; every day if left out. */
  readonly isDay?: (day: number, weekday: number, month: number) => boolean;
  readonly isFixedTime: boolean;
}

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** Computes a rule's occurrences by walking the wall clock minute by minute, with nothing but the zone's offsets. */
export function walkedOccurrences(
  rule: WalkedRule,
  spans: readonly OffsetSpan[],
  fromMs: number,
  untilMs: number,
): Occurrence[] {
  const found = new Map<number, string>();
  for (const wallMs of wallTimes(rule, fromMs - DAY_MS, untilMs + DAY_MS)) {
    for (const atMs of instantsOf(wallMs, spans, rule.isFixedTime)) {
      if (!found.has(atMs)) found.set(atMs, nominalOf(rule, wallMs, atMs));
    }
  }
  return [...found]
    .filter(([atMs]) => atMs > fromMs && atMs <= untilMs)
    .sort(([one], [other]) => one - other)
    .map(([atMs, nominal]) => ({ atMs, nominal }));
}

/** Every wall-clock time of the rule, as if the zone's clock showed UTC. */
function* wallTimes({ hours, minutes, isDay }: WalkedRule, fromMs: number, untilMs: number) {
  for (let dayMs = floorDay(fromMs); dayMs <= untilMs; dayMs += DAY_MS) {
    const day = new Date(dayMs);
    if (isDay?.(day.getUTCDate(), day.getUTCDay(), day.getUTCMonth() + 1) === false) continue;
    for (const hour of hours)
      for (const minute of minutes) yield dayMs + (hour * 60 + minute) * MINUTE_MS;
  }
}

/** The instants at which the zone's clock shows a time: none in a gap, two in a repeated hour. */
function instantsOf(wallMs: number, spans: readonly OffsetSpan[], isFixedTime: boolean): number[] {
  const shown = spans.flatMap(({ fromMs, offsetMs }, index) => {
    const atMs = wallMs - offsetMs;
    const untilMs = spans[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
    return atMs >= fromMs && atMs < untilMs ? [atMs] : [];
  });
  if (!isFixedTime) return shown;
  if (shown.length > 0) return shown.slice(0, 1);
  return endOfGap(wallMs, spans);
}

function endOfGap(wallMs: number, spans: readonly OffsetSpan[]): number[] {
  const after = spans.find(({ fromMs, offsetMs }, index) => {
    const before = spans[index - 1];
    if (before === undefined) return false;
    return wallMs >= fromMs + before.offsetMs && wallMs < fromMs + offsetMs;
  });
  return after === undefined ? [] : [after.fromMs];
}

function nominalOf({ isFixedTime }: WalkedRule, wallMs: number, atMs: number): string {
  return isFixedTime ? new Date(wallMs).toISOString().slice(0, 16) : new Date(atMs).toISOString();
}

function floorDay(atMs: number): number {
  return Math.floor(atMs / DAY_MS) * DAY_MS;
}

import { systemClock } from "@keywhen/core/internal";
import {
  preview,
  type Rule,
  type ScheduledOccurrence,
  type ScheduleInfo,
} from "@keywhen/recurring";
import { localZone } from "../input/time-zone.js";
import { showColumn, showDistance, showInstant } from "../output/show-time.js";
import { zoneOf } from "./read-rule.js";

const SHOWN = 5;

/** Returns the next occurrences of a stored schedule. */
export function upcomingOf({
  rule,
  next,
  until,
}: Pick<ScheduleInfo, "rule" | "next" | "until">): readonly ScheduledOccurrence[] {
  if (next === undefined) return [];
  const isOccurrence = next.occurrence !== "start"; // "start" is of a writer that can't compute occurrences
  const first = isOccurrence ? [next] : [];
  const later = occurrencesOf(rule, SHOWN - first.length, next.at);
  return [...first, ...later].filter(({ at }) => until === undefined || at <= until);
}

/** Returns occurrences of a rule, in the form that the API has for those of a schedule. */
export function occurrencesOf(
  rule: Rule,
  count: number,
  after: Date,
): readonly ScheduledOccurrence[] {
  return preview(ruleIn(rule), { count, after }).map(({ atMs, nominal }) => ({
    at: new Date(atMs),
    occurrence: nominal,
  }));
}

/** The rule alone of what may be a whole schedule. */
function ruleIn(given: Rule): Rule {
  if ("cron" in given) return { cron: given.cron, timeZone: given.timeZone };
  return { every: given.every, from: given.from };
}

/** Returns an indented line for each. */
export function occurrenceLines(
  occurrences: readonly ScheduledOccurrence[],
  rule: Rule,
): readonly string[] {
  const nowMs = systemClock.now();
  return occurrences.map(
    ({ at }) => `  ${showInZones(at, rule)}   ${showDistance(at.getTime() - nowMs)}`,
  );
}

/** `2026-12-24 03:00:00 -05:00 = 2026-12-24 09:00:00 +01:00 Europe/Berlin`: the second if the rule has another zone. */
function showInZones(at: Date, rule: Rule): string {
  const [local, zone] = [localZone(), zoneOf(rule)];
  const shown = showColumn(at, local);
  if (zone === undefined || zone === local) return shown;
  return `${shown} = ${showColumn(at, zone)} ${zone}`;
}

/** An occurrence that a change came too late for. */
export function underWayLines(occurrence: ScheduledOccurrence | undefined): readonly string[] {
  if (occurrence === undefined) return [];
  const at = showInstant(occurrence.at);
  return [`Under way: the occurrence of ${at} may still be delivered as the schedule was before.`];
}

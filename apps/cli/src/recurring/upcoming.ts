import { systemClock } from "@keywhen/core/internal";
import type { Rule, ScheduledOccurrence } from "@keywhen/recurring";
import { localZone } from "../input/time-zone.js";
import { showColumn, showDistance, showInstant } from "../output/show-time.js";
import { zoneOf } from "./read-rule.js";

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

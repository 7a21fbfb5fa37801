import type { ScheduleContent, ZoneChange } from "../../plan.js";
import { isOccurrence } from "../../rule-occurrences.js";
import type { NextOccurrence } from "../../schedule-ledger.js";

const PROMISE =
  "At least once: an occurrence of an active schedule is delivered, or passed over by a rule.";
const STORM =
  "No storm: after an outage one late occurrence is delivered, then none that is older than the grace.";

export const GRACE_MS = 120_000;
export const GUARD_MS = 4_000;
/** Dates have whole seconds, clocks differ, and a request takes its time. */
export const TOLERANCE_MS = 3_000;

export interface Wrong {
  readonly promise: string;
  readonly text: string;
}

export function lost(text: string): Wrong {
  return { promise: PROMISE, text };
}

export function storm(text: string): Wrong {
  return { promise: STORM, text };
}

export function whyIsNoOccurrence(
  { rule, windowMs, untilMs = Number.POSITIVE_INFINITY }: ScheduleContent,
  { nominal, atMs, dueMs }: NextOccurrence,
  zoneChange: ZoneChange | undefined,
): Wrong | undefined {
  if (!isOccurrence(rule, { atMs, nominal }, zoneChange)) {
    return lost(`${nominal} is no occurrence`);
  }
  if (dueMs < atMs || dueMs > atMs + windowMs) return lost(`${nominal} is outside of its window`);
  return atMs > untilMs ? lost(`${nominal} is after the end`) : undefined;
}

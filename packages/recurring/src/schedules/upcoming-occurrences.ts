import { windowOffsetMs } from "@keywhen/core/internal";
import { START } from "../definition/definition.js";
import { compileRule } from "../rule/compile-rule.js";
import type { ScheduledOccurrence, ScheduleInfo } from "./schedule-info.js";

/** What the next occurrences of a schedule follow from. @inline */
type OccurrencesOf = Pick<ScheduleInfo, "name" | "rule" | "next" | "until" | "windowMs">;

/**
 * Returns the next occurrences of a schedule, five unless `count` is given. Sends nothing. A schedule that is paused or has ended
 * has none.
 */
export function upcomingOccurrences(
  { name, rule, next, until, windowMs }: OccurrencesOf,
  count = 5,
): readonly ScheduledOccurrence[] {
  if (next === undefined) return [];
  const recurrence = compileRule(rule);
  const lastMs = until?.getTime() ?? Number.POSITIVE_INFINITY;
  const found: ScheduledOccurrence[] = next.occurrence === START ? [] : [next];
  let atMs = next.at.getTime() - windowOffsetMs(windowMs, name, next.occurrence);
  while (found.length < count) {
    const following = recurrence.next(atMs);
    if (following === undefined || following.atMs > lastMs) break;
    atMs = following.atMs;
    const dueMs = atMs + windowOffsetMs(windowMs, name, following.nominal);
    found.push({ at: new Date(dueMs), occurrence: following.nominal });
  }
  return found;
}

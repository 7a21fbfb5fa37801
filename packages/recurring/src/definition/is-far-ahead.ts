import { recurrenceOf } from "../rule/compile-rule.js";
import { type Definition, START } from "./definition.js";
import { GRACE_MS } from "./occurrence-after.js";

/**
 * Whether a rule has occurrences before the next one that were not skipped, as when a machine whose clock was wrong has put or swept
 * the schedule.
 */
export function isFarAhead({ content, last, next }: Definition, nowMs: number): boolean {
  if (next === undefined || next.isOfOldRule || next.nominal === START) return false;
  const recurrence = recurrenceOf(content.rule);
  const afterNominal = last !== undefined && last.atMs <= nowMs ? last.nominal : undefined;
  let afterMs = nowMs + GRACE_MS; // a writer takes no occurrence that may be under way
  for (let skipped = 0; skipped <= next.passedOver; skipped++) {
    const found = recurrence.next(afterMs, afterNominal);
    if (found === undefined || found.atMs >= next.atMs || found.nominal === next.nominal)
      return false;
    afterMs = found.atMs;
  }
  return true;
}

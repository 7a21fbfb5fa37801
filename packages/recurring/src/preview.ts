import type { Moment } from "@keywhen/core";
import { momentMs } from "@keywhen/core/internal";
import { compileRule } from "./rule/compile-rule.js";
import type { Rule } from "./rule/rule.js";
import type { ScheduledOccurrence } from "./schedules/schedule-info.js";

/** Which occurrences to preview. */
export interface PreviewOptions {
  /**
   * How many.
   *
   * @default 5
   */
  readonly count?: number | undefined;
  /**
   * The instant that they come after.
   *
   * @default now
   */
  readonly after?: Moment | undefined;
}

/** Returns the next occurrences of a rule; throws `invalid-option` if the rule can't be used. */
export function preview(
  rule: Rule,
  { count = 5, after = new Date() }: PreviewOptions = {},
): readonly ScheduledOccurrence[] {
  const recurrence = compileRule(rule);
  const found: ScheduledOccurrence[] = [];
  let next = recurrence.next(momentMs(after));
  while (next !== undefined && found.length < count) {
    found.push({ at: new Date(next.atMs), occurrence: next.nominal });
    next = recurrence.next(next.atMs, next.nominal);
  }
  return found;
}

import { KeywhenError } from "@keywhen/core";
import { checkOptionNames, isJsonObject, showValue } from "@keywhen/core/internal";
import { cronRecurrence } from "./cron-recurrence.js";
import { everyRecurrence } from "./every-recurrence.js";
import type { Recurrence, Rule } from "./rule.js";

/** Checks a rule that comes from outside; throws `invalid-option` with the value and what to write instead. */
export function compileRule(rule: Rule): Recurrence {
  const given: unknown = rule;
  if (!isJsonObject(given)) {
    throw new KeywhenError(
      "invalid-option",
      `A rule must be { cron, timeZone } or { every, from } (got ${showValue(given)}).`,
    );
  }
  if ("cron" in rule === "every" in rule) {
    throw new KeywhenError(
      "invalid-option",
      `A rule must have either cron or every (got ${showValue(Object.keys(rule).join(", "))}).`,
    );
  }
  if ("cron" in rule) {
    checkOptionNames(rule, ["cron", "timeZone"], "a cron rule");
    return cronRecurrence(rule);
  }
  checkOptionNames(rule, ["every", "from"], "an interval rule");
  return everyRecurrence(rule);
}

/** Most sweepers meet fewer rules, and a cron rule takes longer to read than to ask. */
const MOST_KEPT = 1_000;
const kept = new Map<string, Recurrence>();

/** The recurrence of a rule that was checked before. */
export function recurrenceOf(rule: Rule): Recurrence {
  const text = JSON.stringify(rule);
  const known = kept.get(text);
  if (known !== undefined) return known;
  const compiled = compileRule(rule);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(text, compiled);
  return compiled;
}

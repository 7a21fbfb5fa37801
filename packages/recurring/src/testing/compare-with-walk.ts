import { compileRule } from "../rule/compile-rule.js";
import type { Occurrence } from "../rule/rule.js";
import { type WalkedRule, walkedOccurrences } from "./walked-occurrences.js";
import { type OffsetSpan, offsetSpans } from "./zone-offsets.js";

const HOUR_MS = 3_600_000;
export const FIRST_MS = Date.UTC(2000, 0, 2);
export const LAST_MS = Date.UTC(2037, 11, 29);
const HOURS = [...Array(24).keys()];

/** Rules of both kinds, as cron and as sets of numbers. */
const WALKED_RULES: Readonly<Record<string, WalkedRule>> = {
  "30 2 * * *": { minutes: [30], hours: [2], isFixedTime: true },
  "0 0 * * *": { minutes: [0], hours: [0], isFixedTime: true },
  "15,45 0-3,23 * * *": { minutes: [15, 45], hours: [0, 1, 2, 3, 23], isFixedTime: true },
  "*/20 * * * *": { minutes: [0, 20, 40], hours: HOURS, isFixedTime: false },
  "5 */6 * * 0,1": {
    minutes: [5],
    hours: [0, 6, 12, 18],
    isDay: (_, weekday) => weekday <= 1,
    isFixedTime: false,
  },
};

/** A rule's occurrences around one change of a zone's clocks, by croner and by the walk. */
export interface Comparison {
  readonly cron: string;
  readonly changeMs: number;
  readonly found: readonly Occurrence[];
  readonly walked: readonly Occurrence[];
}

/** Compares every rule for a day and a half before and after each change of a zone's clocks that `isChosen`. */
export function* compareWithWalk(
  timeZone: string,
  isChosen: (changeMs: number) => boolean = () => true,
): Generator<Comparison> {
  const spans = offsetSpans(timeZone, FIRST_MS, LAST_MS);
  for (const [index, { fromMs: changeMs }] of spans.entries()) {
    if (index === 0 || !isChosen(changeMs)) continue;
    for (const [cron, rule] of Object.entries(WALKED_RULES)) {
      yield { cron, changeMs, ...bothWays(cron, rule, timeZone, spans, changeMs) };
    }
  }
}

function bothWays(
  cron: string,
  rule: WalkedRule,
  timeZone: string,
  spans: readonly OffsetSpan[],
  changeMs: number,
): Pick<Comparison, "found" | "walked"> {
  const [fromMs, untilMs] = [changeMs - 36 * HOUR_MS, changeMs + 36 * HOUR_MS];
  const recurrence = compileRule({ cron, timeZone });
  const found: Occurrence[] = [];
  let next = recurrence.next(fromMs);
  while (next !== undefined && next.atMs <= untilMs) {
    found.push(next);
    next = recurrence.next(next.atMs, next.nominal);
  }
  return { found, walked: walkedOccurrences(rule, spans, fromMs, untilMs) };
}

import { LAST_INSTANT_MS, windowOffsetMs } from "@keywhen/core/internal";
import { recurrenceOf } from "../rule/compile-rule.js";
import type { Occurrence } from "../rule/rule.js";
import type { Content, LastOccurrence, NextOccurrence } from "./definition.js";

/** What the occurrences of a schedule have besides its content. */
export interface Naming {
  /** The schedule's name. */
  readonly name: string;
  /** Returns a token that was never used. */
  readonly newToken: () => string;
}

/** An occurrence that is less late than this is not passed over: a sweep once a minute may take so long. */
export const GRACE_MS = 120_000;
/** Counting ends here: a rule of each minute that nothing swept for a day. */
const MOST_COUNTED = 1_000;
/** So many missed occurrences are delivered after one outage. */
const MOST_MADE_UP = 1_000;

/**
 * Returns the first occurrence after an instant that is also later by its nominal time than the last one, so that a change of
 * zone brings no nominal time twice. `undefined`: the schedule ends before the next one.
 */
export function firstAfter(
  naming: Naming,
  content: Content,
  afterMs: number,
  last: LastOccurrence | undefined,
): NextOccurrence | undefined {
  const found = recurrenceOf(content.rule).next(afterMs, last?.nominal);
  return found && planned(naming, content, found, { passedOver: 0, madeUp: 0 });
}

/**
 * Returns the occurrence that follows another one, which has been delivered or passed over. Occurrences that lie back further
 * than the grace are passed over and counted, unless the schedule delivers what it missed: then a thousand in a row are delivered.
 */
export function following(
  naming: Naming,
  content: Content,
  settled: LastOccurrence,
  nowMs: number,
  settledMadeUp = 0,
): NextOccurrence | undefined {
  const recurrence = recurrenceOf(content.rule);
  const missedMs = nowMs - GRACE_MS;
  const isMadeUp = content.deliversMissed && settledMadeUp < MOST_MADE_UP;
  const passedMs = isMadeUp ? Number.NEGATIVE_INFINITY : missedMs;
  let found = recurrence.next(settled.atMs, settled.nominal);
  let passedOver = 0;
  while (found !== undefined && found.atMs <= passedMs) {
    passedOver++;
    const afterMs = passedOver < MOST_COUNTED ? found.atMs : Math.max(found.atMs, passedMs);
    found = recurrence.next(afterMs, found.nominal);
  }
  const madeUp = found !== undefined && found.atMs <= missedMs ? settledMadeUp + 1 : 0;
  return found && planned(naming, content, found, { passedOver, madeUp });
}

function planned(
  { name, newToken }: Naming,
  { untilMs, windowMs }: Content,
  { atMs, nominal }: Occurrence,
  missed: Pick<NextOccurrence, "passedOver" | "madeUp">,
): NextOccurrence | undefined {
  if (untilMs !== undefined && atMs > untilMs) return undefined;
  const dueMs = atMs + windowOffsetMs(windowMs, name, nominal);
  if (dueMs > LAST_INSTANT_MS) return undefined;
  return { atMs, nominal, dueMs, token: newToken(), ...missed, isOfOldRule: false };
}

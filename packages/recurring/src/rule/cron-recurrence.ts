import { KeywhenError } from "@keywhen/core";
import { formatInstant, showValue } from "@keywhen/core/internal";
import { Cron, type CronOptions, CronPattern } from "croner";
import { checkCron, checkTimeZone, unusableCron } from "./check-cron.js";
import { nominalMs, nominalOfWall } from "./nominal.js";
import type { CronRule, Occurrence, Recurrence } from "./rule.js";
import { zoneClock } from "./zone-clock.js";

const OPTIONS = { mode: "5-part", fixedTimeRule: "no-wildcard" } satisfies CronOptions;
/** More than any zone's clock differs from UTC. */
const LARGEST_OFFSET_MS = 24 * 3_600_000;
/** Any instant before every occurrence that is asked for: a rule without a year occurs after it, or never. */
const LONG_AGO = new Date("2000-01-01T00:00:00Z");

/** The occurrences of a cron rule, which croner reads. Checked for the years 2000 to 2037. */
export function cronRecurrence({ cron, timeZone = "UTC" }: CronRule): Recurrence {
  checkCron(cron);
  checkTimeZone(timeZone);
  const pattern = parsed(cron);
  const onPaper = new Cron(cron, { ...OPTIONS, timezone: "UTC" });
  if (onPaper.nextRun(LONG_AGO) === null) {
    throw new KeywhenError(
      "invalid-option",
      `cron ${showValue(cron)} never occurs: no year has such a day. Correct its day or month.`,
    );
  }
  return pattern.isFixedTime
    ? fixedTimes(onPaper, timeZone)
    : realTimes(new Cron(cron, { ...OPTIONS, timezone: timeZone }));
}

/**
 * The times that the rule states, as a calendar on paper lists them, each at the first instant of the zone's clock. Croner alone
 * would leave out a time if the gap that skips it ends on the next day, as in Greenland.
 */
function fixedTimes(onPaper: Cron, timeZone: string): Recurrence {
  const clock = zoneClock(timeZone);
  function* occurrencesAfter(afterMs: number): Generator<Occurrence> {
    const from = new Date(clock.wallMs(afterMs));
    for (let wall = onPaper.nextRun(from); wall !== null; wall = onPaper.nextRun(wall)) {
      const atMs = clock.firstInstantMs(wall.getTime());
      const nominal = nominalOfWall(wall.getTime());
      if (atMs > afterMs) yield { atMs, nominal };
    }
  }
  return recurrence(occurrencesAfter);
}

function realTimes(inZone: Cron): Recurrence {
  function* occurrencesAfter(afterMs: number): Generator<Occurrence> {
    for (let at = inZone.nextRun(new Date(afterMs)); at !== null; at = inZone.nextRun(at)) {
      yield { atMs: at.getTime(), nominal: formatInstant(at.getTime()) };
    }
  }
  return recurrence(occurrencesAfter);
}

function recurrence(occurrencesAfter: (afterMs: number) => Iterable<Occurrence>): Recurrence {
  return {
    next(afterMs, afterNominal) {
      const lastMs = nominalMs(afterNominal) ?? Number.NEGATIVE_INFINITY;
      // Not one by one up to the last nominal time: a damaged definition may have one of the year 9999.
      for (const occurrence of occurrencesAfter(Math.max(afterMs, lastMs - LARGEST_OFFSET_MS))) {
        if ((nominalMs(occurrence.nominal) ?? lastMs) > lastMs) return occurrence;
      }
      return undefined;
    },
  };
}

function parsed(cron: string): CronPattern {
  try {
    return new CronPattern(cron, "UTC", OPTIONS);
  } catch (error) {
    throw unusableCron(cron, reasonOf(error), error);
  }
}

/** Croner's own words, without the name of its class. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^CronPattern: (?:Syntax error, )?/, "").replace(/\.$/, "");
}

import { KeywhenError } from "@keywhen/core";
import {
  durationMs,
  formatInstant,
  LAST_INSTANT_MS,
  momentMs,
  showValue,
} from "@keywhen/core/internal";
import { nominalMs } from "./nominal.js";
import type { EveryRule, Recurrence } from "./rule.js";

const SHORTEST_MS = 60_000;

/** The occurrences of a fixed interval. */
export function everyRecurrence({ every, from }: EveryRule): Recurrence {
  const intervalMs = parseInterval(every);
  const anchorMs = from === undefined ? 0 : momentMs(from);
  return {
    next(afterMs, afterNominal) {
      // The nominal time of an interval is its instant.
      const lastMs = nominalMs(afterNominal) ?? afterMs;
      const passed = Math.floor((Math.max(afterMs, lastMs) - anchorMs) / intervalMs) + 1;
      const atMs = anchorMs + Math.max(passed, 0) * intervalMs;
      return atMs > LAST_INSTANT_MS ? undefined : { atMs, nominal: formatInstant(atMs) };
    },
  };
}

function parseInterval(every: unknown): number {
  if (typeof every === "string" && /^[\d.]+d$/.test(every)) {
    throw new KeywhenError(
      "invalid-option",
      `every ${showValue(every)} is ambiguous, because a day may have 23 or 25 hours: write hours (24h), or a cron rule such as "0 9 * * *" with a timeZone.`,
    );
  }
  const intervalMs = durationMs(every as never);
  if (intervalMs < SHORTEST_MS) {
    throw new KeywhenError(
      "invalid-option",
      `every must be at least 1m (got ${showValue(every)}): a sweeper on a schedule runs once a minute.`,
    );
  }
  return intervalMs;
}

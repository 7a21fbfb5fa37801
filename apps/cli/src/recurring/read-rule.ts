import type { Rule } from "@keywhen/recurring";
import { readMoment } from "../input/read-time.js";
import type { Session } from "../session.js";

/** `15m`, `36h`: one word that begins with a number. A cron rule has five, or begins with an @. */
const INTERVAL = /^\d\S*$/;

/** Reads a cron rule, in the zone that was given, or an interval. The library checks both. */
export async function readRule(
  text: string,
  from: string | undefined,
  { zone, times }: Pick<Session, "zone" | "times">,
): Promise<Rule> {
  const given = text.trim();
  const anchor = from === undefined ? undefined : new Date(await readMoment(from, times()));
  const start = anchor === undefined ? {} : { from: anchor.toISOString() };
  if (INTERVAL.test(given)) return { every: given, ...start };
  return { cron: given, ...(zone !== undefined && { timeZone: zone }), ...start };
}

/** Returns the zone whose clocks a rule follows; `undefined` for an interval. */
export function zoneOf(rule: Rule): string | undefined {
  return "cron" in rule ? (rule.timeZone ?? "UTC") : undefined;
}

/** `'0 9 * * 1-5' in Europe/Berlin`, `every 15m`. */
export function describeRule(rule: Rule): string {
  if ("cron" in rule) return `'${rule.cron}' in ${zoneOf(rule)}`;
  return `every ${rule.every}${rule.from === undefined ? "" : ` from ${rule.from}`}`;
}

import type { RulePlan } from "./plan.js";

/** One occurrence of a rule, found without the code under test. */
export interface Occurrence {
  readonly atMs: number;
  readonly nominal: string;
}

const MINUTE_MS = 60_000;

export function occurrenceAfter(rule: RulePlan, afterMs: number): Occurrence {
  const { kind, minutes, offset, anchorMs, aheadMinutes } = rule;
  const stepMs = minutes * MINUTE_MS;
  if (kind === "every") {
    const atMs = anchorMs + (Math.max(-1, Math.floor((afterMs - anchorMs) / stepMs)) + 1) * stepMs;
    return { atMs, nominal: new Date(atMs).toISOString() };
  }
  // Every interval divides an hour, so the minutes of each hour are the same.
  const phaseMs = (offset - aheadMinutes) * MINUTE_MS;
  const atMs = (Math.floor((afterMs - phaseMs) / stepMs) + 1) * stepMs + phaseMs;
  const nominal = new Date(kind === "cron" ? atMs : atMs + aheadMinutes * MINUTE_MS).toISOString();
  return { atMs, nominal: kind === "cron" ? nominal : nominal.slice(0, 16) };
}

/** The occurrences between two instants, both left out. */
export function occurrencesBetween(rule: RulePlan, fromMs: number, toMs: number): Occurrence[] {
  const found: Occurrence[] = [];
  for (let next = occurrenceAfter(rule, fromMs); next.atMs < toMs; ) {
    found.push(next);
    next = occurrenceAfter(rule, next.atMs);
  }
  return found;
}

/** As the caller of `put` writes it. */
export function ruleOf({ kind, minutes, offset, anchorMs, timeZone }: RulePlan) {
  if (kind === "every") return { every: `${minutes}m`, from: new Date(anchorMs).toISOString() };
  const list = Array.from({ length: 60 / minutes }, (_, index) => index * minutes + offset);
  const hours = kind === "cron" ? "*" : "0-23";
  return { cron: `${list.join(",")} ${hours} * * *`, timeZone };
}

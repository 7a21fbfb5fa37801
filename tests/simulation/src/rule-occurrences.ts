import { CHANGING_ZONE, type RulePlan, type ZoneChange } from "./plan.js";

/** One occurrence of a rule, found without the code under test. */
export interface Occurrence {
  readonly atMs: number;
  readonly nominal: string;
}

/** What an occurrence is later than, besides an instant. */
interface After {
  /** As text. */
  readonly nominal?: string | undefined;
  /** What the time zone data of the machine say that looks for it. */
  readonly zoneChange?: ZoneChange | undefined;
}

const MINUTE_MS = 60_000;

export function occurrenceAfter(rule: RulePlan, afterMs: number, after: After = {}): Occurrence {
  const { nominal = "", zoneChange } = after;
  for (const found of occurrencesFrom(rule, afterMs, zoneChange)) {
    if (found.atMs > afterMs && found.nominal > nominal) return found;
  }
  throw new Error("a rule of a plan occurs without end");
}

/** The occurrences between two instants, both left out. */
export function occurrencesBetween(
  rule: RulePlan,
  fromMs: number,
  toMs: number,
  after: After = {},
): Occurrence[] {
  const found: Occurrence[] = [];
  for (let next = occurrenceAfter(rule, fromMs, after); next.atMs < toMs; ) {
    found.push(next);
    next = occurrenceAfter(rule, next.atMs, { ...after, nominal: next.nominal });
  }
  return found;
}

/** Whether a rule has an occurrence of this name at this instant. */
export function isOccurrence(
  rule: RulePlan,
  { atMs, nominal }: Occurrence,
  zoneChange: ZoneChange | undefined,
): boolean {
  for (const found of occurrencesFrom(rule, atMs - 1, zoneChange)) {
    if (found.atMs > atMs) return false;
    if (found.atMs === atMs && found.nominal === nominal) return true;
  }
  return false;
}

/** In their order, from one that is not later than the instant. */
function* occurrencesFrom(
  rule: RulePlan,
  fromMs: number,
  zoneChange: ZoneChange | undefined,
): Generator<Occurrence> {
  const { kind, minutes, offset, anchorMs, aheadMinutes } = rule;
  const stepMs = minutes * MINUTE_MS;
  if (kind === "every") {
    const first = Math.max(0, Math.floor((fromMs - anchorMs) / stepMs));
    for (let atMs = anchorMs + first * stepMs; ; atMs += stepMs) {
      yield { atMs, nominal: new Date(atMs).toISOString() };
    }
  }
  // Every interval divides an hour, so the minutes of each hour are the same.
  const phaseMs = (offset - aheadMinutes) * MINUTE_MS;
  const change = rule.timeZone === CHANGING_ZONE.timeZone ? zoneChange : undefined;
  const earlierMs = Math.abs(change?.byMinutes ?? 0) * MINUTE_MS;
  const first = Math.floor((fromMs - earlierMs - phaseMs) / stepMs);
  for (let unchangedMs = first * stepMs + phaseMs; ; unchangedMs += stepMs) {
    const wall = new Date(unchangedMs + aheadMinutes * MINUTE_MS).toISOString().slice(0, 16);
    const atMs = change === undefined ? unchangedMs : changedMs(unchangedMs, change);
    yield { atMs, nominal: kind === "cron" ? new Date(atMs).toISOString() : wall };
  }
}

/** When a clock first shows the time that it would show at an instant if it were never changed; the end of the gap, if it skips that. */
function changedMs(unchangedMs: number, { atMs, byMinutes }: ZoneChange): number {
  if (unchangedMs < atMs) return unchangedMs;
  return Math.max(atMs, unchangedMs - byMinutes * MINUTE_MS);
}

/** As the caller of `put` writes it. */
export function ruleOf({ kind, minutes, offset, anchorMs, timeZone }: RulePlan) {
  if (kind === "every") return { every: `${minutes}m`, from: new Date(anchorMs).toISOString() };
  const list = Array.from({ length: 60 / minutes }, (_, index) => index * minutes + offset);
  const hours = kind === "cron" ? "*" : "0-23";
  return { cron: `${list.join(",")} ${hours} * * *`, timeZone };
}

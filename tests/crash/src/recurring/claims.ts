import type { Interval, ScheduleCall } from "./schedule-writer.js";

/** What the answers to a schedule's writer say about one nominal occurrence. */
export interface Claim {
  readonly dueMs: number;
  /**
   * - `due`: it is delivered, or passed over because it is too late.
   * - `unsure`: a change came while it was under way, and it may be delivered or not.
   * - `ruled-out`: by a pause, a skip or a new rule.
   */
  readonly says: "due" | "unsure" | "ruled-out";
}

/** The time between two changes of a schedule's rule or state. */
interface Span {
  readonly rule: Interval;
  readonly firstMs: number;
  /** Up to here, each occurrence is due. */
  readonly sureMs: number;
  /** Later ones, up to here, may be under way when the change comes. */
  readonly latestMs: number;
  /** The rule has occurrences up to here. */
  readonly endMs: number;
}

/** Longer than the guard, within which a first occurrence never lies, and the whole seconds of the store's dates. */
const CLOSES_MS = 6_000;

/** All that a schedule's writer has done. */
export interface WriterHistory {
  /** In their order. The last one is a pause. */
  readonly calls: readonly ScheduleCall[];
  /** What was due by then was swept in good order before that pause. */
  readonly sweptMs: number;
}

/** Every nominal occurrence between two changes of a schedule's rule or state, in the order of time. */
export function claimsOf(history: WriterHistory): readonly (readonly Claim[])[] {
  const { calls } = history;
  const skipped = new Set(calls.map(({ skippedMs }) => skippedMs));
  const unsure = new Set(
    calls
      .slice(0, -1)
      .filter((call) => !isKept(call))
      .map(({ underWayMs }) => underWayMs),
  );
  const said = (dueMs: number, { sureMs, latestMs }: Span): Claim["says"] => {
    if (skipped.has(dueMs) || dueMs > latestMs) return "ruled-out";
    return unsure.has(dueMs) || dueMs > sureMs ? "unsure" : "due";
  };
  return spansOf(history).map((span) =>
    pointsOf(span).map((dueMs) => ({ dueMs, says: said(dueMs, span) })),
  );
}

/** Says of each call that begins with a wrong occurrence what is wrong. */
export function wrongFirsts(calls: readonly ScheduleCall[]): readonly string[] {
  return calls.flatMap((call, index) => {
    const { kind, rule, nextMs, startedMs, endedMs } = call;
    if (!isOpening(calls, index) || isKept(call)) return [];
    const skipped = calls.slice(0, index).flatMap(({ skippedMs }) => skippedMs ?? []);
    const latestMs = pointAfter(rule, Math.max(endedMs + CLOSES_MS, ...skipped));
    const isRight =
      nextMs !== undefined &&
      pointAfter(rule, nextMs - 1) === nextMs &&
      nextMs > startedMs &&
      nextMs <= latestMs;
    const said = nextMs === undefined ? "none" : new Date(nextMs).toISOString();
    return isRight ? [] : [`a ${kind} begins with the wrong occurrence: ${said}`];
  });
}

/** The occurrence under way keeps its turn: it is due. */
function isKept({ kind, nextMs, underWayMs }: ScheduleCall): boolean {
  return kind === "put" && nextMs !== undefined && nextMs === underWayMs;
}

function spansOf({ calls, sweptMs }: WriterHistory): readonly Span[] {
  return calls.flatMap((call, index) => {
    const { rule, nextMs } = call;
    if (nextMs === undefined || !isOpening(calls, index)) return [];
    const [closing, after] = calls.slice(
      calls.findIndex((one, at) => at > index && (one.kind === "pause" || one.rule !== rule)),
    );
    if (closing === undefined) return [];
    const resumedMs = closing.kind === "pause" ? after?.nextMs : undefined;
    const endMs = resumedMs === undefined ? closing.startedMs : resumedMs - 1;
    const firstMs = isKept(call) ? pointAfter(rule, nextMs) : nextMs;
    const isLast = closing === calls.at(-1);
    return [
      { rule, firstMs, endMs, ...lastOnes(closing, isLast ? sweptMs : Number.NEGATIVE_INFINITY) },
    ];
  });
}

/** A call that makes a schedule go on by a rule from an occurrence that it chooses. */
function isOpening(calls: readonly ScheduleCall[], index: number): boolean {
  const call = calls[index];
  return call?.kind === "resume" || (call?.kind === "put" && call.rule !== calls[index - 1]?.rule);
}

/** Without an occurrence under way, those that were due when the change began had been delivered before it. */
function lastOnes(closing: ScheduleCall, sweptMs: number): Pick<Span, "sureMs" | "latestMs"> {
  const { underWayMs, startedMs, endedMs } = closing;
  const beforeMs = isKept(closing) ? underWayMs : underWayMs && underWayMs - 1;
  return {
    sureMs: Math.max(beforeMs ?? startedMs, sweptMs),
    latestMs: Math.max(underWayMs ?? endedMs, sweptMs),
  };
}

function pointsOf({ rule, firstMs, latestMs, endMs }: Span): readonly number[] {
  const count = Math.floor((Math.max(latestMs, endMs) - firstMs) / rule.everyMs) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => firstMs + index * rule.everyMs);
}

/** The interval begins at the instant that it is counted from. */
function pointAfter({ everyMs, fromMs }: Interval, atMs: number): number {
  return fromMs + Math.max(0, Math.floor((atMs - fromMs) / everyMs) + 1) * everyMs;
}

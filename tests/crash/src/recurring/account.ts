import type { Arrival } from "../ledger.js";
import { type Claim, claimsOf, type WriterHistory, wrongFirsts } from "./claims.js";
import type { OccurrenceRecord } from "./occurrences.js";
import { type ScheduleCall, scheduleBody } from "./schedule-writer.js";

/** What became of each nominal occurrence of one schedule. */
export interface Account {
  /** By the rules that its writer has stored, the pauses included. */
  readonly nominal: number;
  readonly delivered: number;
  /** By a skip, a pause, a new rule, or because it was too late. */
  readonly passedOver: number;
  /** Not delivered, and an answer said that it was under way. */
  readonly unsure: number;
  /** Neither delivered nor passed over by a rule. */
  readonly silent: number;
  readonly repeated: number;
  readonly broken: readonly string[];
}

export interface Kill {
  /** Of the sweeper. */
  readonly name: string;
  /** Of `performance.now()`. */
  readonly atMs: number;
}

export interface Accounting extends WriterHistory {
  readonly schedule: string;
  readonly records: readonly OccurrenceRecord[];
  readonly kills: readonly Kill[];
  /** Consumers took the copy away, so that a later sweeper could not find it. */
  readonly isConsumed: (record: OccurrenceRecord) => boolean;
}

/** What is less late is never passed over by a sweeper. */
const GRACE_MS = 120_000;
/** An arrival is noticed after it happened, and the clock that times it is not the one that sweepers ask. */
const TOLERANCE_MS = 1_000;

/**
 * Accounts for every nominal occurrence of a schedule, by nothing but the answers to its writer and what was seen at the targets. It
 * counts the intervals itself.
 */
export function accountFor({ schedule, calls, sweptMs, ...seen }: Accounting): Account {
  const delivered = seen.records.filter(({ arrivals }) => arrivals.length > 0);
  const spans = claimsOf({ calls, sweptMs });
  const gaps = spans.flatMap((claims) => gapsOf(claims, delivered));
  const missing = gaps.flatMap((gap) => gap.missing);
  const unsure = missing.filter(({ says }) => says === "unsure");
  const silent = gaps.flatMap(silentIn);
  const repeated = delivered.filter(({ arrivals }) => arrivals.length > 1);
  const allowed = new Set(
    spans.flat().flatMap(({ dueMs, says }) => (says === "ruled-out" ? [] : dueMs)),
  );
  const wrong: Readonly<Record<string, readonly string[]>> = {
    "neither delivered nor passed over": silent.map(({ dueMs }) => timeOf(dueMs)),
    "passed over without being counted": gaps.filter(isUncounted).map(nextKey),
    "delivered against the rule": keysOf(delivered.filter(({ dueMs }) => !allowed.has(dueMs))),
    "delivered twice without a reason": keysOf(repeated.filter((one) => !isExplained(one, seen))),
    "delivered early": keysOf(delivered.filter(isEarly)),
    "delivered with other metadata": keysOf(delivered.filter((one) => !hasItsNames(one))),
    "delivered with another body": keysOf(delivered.filter((one) => !hasItsBody(one, calls))),
  };
  const found = Object.entries(wrong).flatMap(([what, those]) =>
    those.map((one) => `${what}: ${one}`),
  );
  return {
    nominal: spans.flat().length,
    delivered: delivered.length,
    passedOver: missing.length - unsure.length - silent.length,
    unsure: unsure.length,
    silent: silent.length,
    repeated: repeated.length,
    broken: [...found, ...wrongFirsts(calls)].map((line) => `${schedule}: ${line}`),
  };
}

/** Occurrences that were not delivered, and the delivered one that follows them by the same rule, if there is one. */
interface Gap {
  readonly missing: readonly Claim[];
  readonly next: OccurrenceRecord | undefined;
}

function gapsOf(claims: readonly Claim[], delivered: readonly OccurrenceRecord[]): readonly Gap[] {
  const gaps: Gap[] = [];
  let missing: Claim[] = [];
  for (const claim of claims) {
    const next = delivered.find(({ dueMs }) => dueMs === claim.dueMs);
    if (next === undefined) missing.push(claim);
    else if (claim.says !== "ruled-out") {
      gaps.push({ missing, next });
      missing = [];
    }
  }
  return [...gaps, { missing, next: undefined }];
}

/** A sweeper passes over what is too late when it delivers the next one. */
function silentIn({ missing, next }: Gap): readonly Claim[] {
  const [arrival] = next?.arrivals ?? [];
  const deliveredMs = arrival === undefined ? Number.NEGATIVE_INFINITY : wallMs(arrival.atMs);
  const isTooLate = (dueMs: number) => deliveredMs - dueMs >= GRACE_MS - TOLERANCE_MS;
  return missing.filter(({ dueMs, says }) => says === "due" && !isTooLate(dueMs));
}

/** An occurrence says how many were passed over directly before it. */
function isUncounted(gap: Gap): boolean {
  const certain = gap.missing.filter(({ says }) => says !== "unsure");
  const counted = Number(gap.next?.seen[0]?.metadata["keywhen-passed-over"] ?? 0);
  return gap.next !== undefined && counted < certain.length - silentIn(gap).length;
}

function nextKey({ next }: Gap): string {
  return `before ${next?.key}`;
}

/** Before each further copy, the sweeper of the one before was killed, and a consumer had taken that one away. */
function isExplained(
  record: OccurrenceRecord,
  { kills, isConsumed }: Pick<Accounting, "kills" | "isConsumed">,
): boolean {
  const { arrivals } = record;
  const isKilledBetween = (after: Arrival, index: number) => {
    const before = arrivals[index - 1];
    if (before === undefined) return true;
    const isMaker = ({ name, atMs }: Kill) =>
      before.maker === undefined ? atMs > before.atMs - TOLERANCE_MS : name === before.maker;
    return kills.some((kill) => isMaker(kill) && kill.atMs < after.atMs);
  };
  return isConsumed(record) && arrivals.every(isKilledBetween);
}

function isEarly({ dueMs, arrivals }: OccurrenceRecord): boolean {
  return arrivals.some(({ atMs }) => wallMs(atMs) < dueMs - TOLERANCE_MS);
}

function hasItsNames({ key, dueMs, seen }: OccurrenceRecord): boolean {
  return seen.every(
    ({ metadata }) =>
      decodeURIComponent(metadata["keywhen-id"] ?? "") === key &&
      key.endsWith(`@${metadata["keywhen-occurrence"]}`) &&
      Date.parse(metadata["keywhen-at"] ?? "") === dueMs,
  );
}

/** A body of the schedule that no call had replaced before the occurrence closed. */
function hasItsBody(
  { schedule, dueMs, seen }: OccurrenceRecord,
  calls: readonly ScheduleCall[],
): boolean {
  const before = calls.filter((call) => call.endedMs <= dueMs && call.underWayMs !== dueMs);
  const oldest = Math.max(0, ...before.map(({ version }) => version));
  const current = calls.filter(({ version }) => version >= oldest);
  const bodies = new Set(current.map(({ version }) => scheduleBody(schedule, version)));
  return seen.every(({ body }) => bodies.has(body));
}

function keysOf(records: readonly OccurrenceRecord[]): readonly string[] {
  return records.map(({ key }) => key);
}

function wallMs(performanceMs: number): number {
  return performance.timeOrigin + performanceMs;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

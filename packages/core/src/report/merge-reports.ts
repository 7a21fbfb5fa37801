import type { Requests } from "../requests/wrap-store.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import type { LatenessHistogram } from "./lateness-histogram.js";
import { addFirst, sumCounts, sweepErrorOf } from "./report.js";
import type {
  LeaseUse,
  SweepError,
  SweepReport,
  SweptReport,
  TruncatedReason,
} from "./sweep-report.js";

export type ShardOutcome = { readonly report: SweepReport } | { readonly error: ObjectStoreError };

interface WholeSweep {
  readonly concurrencyReached: number;
  readonly durationMs: number;
  readonly dryRun: boolean;
}

/** Of several, the first of these counts. */
const TRUNCATED: readonly TruncatedReason[] = [
  "aborted",
  "deadline",
  "denied",
  "clock-skew",
  "lease-lost",
  "list-failed",
];
const LEASE: readonly LeaseUse[] = ["lost", "waited", "taken", "unsupported", "none"];

/** One report of what was done in all shards. Throws the first error if no shard could be swept. */
export function mergeReports(
  outcomes: readonly ShardOutcome[],
  { requests, lateness }: { readonly requests: Requests; readonly lateness: LatenessHistogram },
  whole: WholeSweep,
): SweepReport {
  const failures = outcomes.flatMap((outcome) => ("error" in outcome ? [outcome.error] : []));
  const reports = outcomes.flatMap((outcome) => ("report" in outcome ? [outcome.report] : []));
  if (reports.length === 0 && failures.length > 0) throw failures[0];
  const swept = reports.filter((report) => report.outcome === "swept");
  const held = reports.filter((report) => report.outcome === "held");
  const shards = { swept: swept.length, held: held.length, failed: failures.length };
  const { durationMs } = whole;
  const holder = held.toSorted((one, other) => Number(one.expiresAt) - Number(other.expiresAt))[0];
  const hasNothingElse = failures.length === 0 && swept.every(isIdle);
  if (holder !== undefined && hasNothingElse) return { ...holder, requests, durationMs, shards };
  const truncated = TRUNCATED.find((reason) => swept.some((report) => report.truncated === reason));
  return {
    outcome: "swept",
    ...sumCounts(swept),
    errors: firstErrorsOf(swept, failures),
    truncated: truncated ?? (failures.length > 0 ? "list-failed" : false),
    firstUntriedId: least(swept.map(({ firstUntriedId }) => firstUntriedId)),
    circuitOpen: swept.some(({ circuitOpen }) => circuitOpen),
    orderUncertain: swept.some(({ orderUncertain }) => orderUncertain),
    latenessMs: lateness.summary(),
    oldestDueAt: least(swept.map(({ oldestDueAt }) => oldestDueAt)),
    requests,
    lease: LEASE.find((use) => swept.some(({ lease }) => lease === use)) ?? "none",
    skewMs: skewOf(swept),
    ...whole,
    shards,
  };
}

/** It found nothing to do, and did not take the lease. */
function isIdle({ due, lease, truncated }: SweptReport): boolean {
  return due === 0 && lease === "none" && truncated === false;
}

/** A reading that ended a sweep counts most. */
function skewOf(swept: readonly SweptReport[]): number | undefined {
  const ended = swept.find(({ truncated }) => truncated === "clock-skew");
  return ended?.skewMs ?? swept.find(({ skewMs }) => skewMs !== undefined)?.skewMs;
}

function firstErrorsOf(swept: readonly SweptReport[], failures: readonly ObjectStoreError[]) {
  const first: SweepError[] = [];
  for (const failure of failures) addFirst(first, sweepErrorOf("shard-failed", failure));
  for (const error of swept.flatMap(({ errors }) => errors)) addFirst(first, error);
  return first;
}

function least<T extends string | Date>(values: readonly (T | undefined)[]): T | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.toSorted((one, other) => (one < other ? -1 : 1))[0];
}

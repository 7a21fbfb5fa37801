import type { Requests } from "../requests/wrap-store.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import type { LatenessHistogram } from "./lateness.js";
import type { ReportCounts } from "./report.js";
import { createFirstErrors, type SweepError, sweepErrorOf } from "./report.js";
import type {
  HeldReport,
  LeaseUse,
  SweepReport,
  SweptReport,
  TruncatedReason,
} from "./sweep-report.js";

/** What became of one shard. */
export type ShardOutcome = { readonly report: SweepReport } | { readonly error: ObjectStoreError };

/** What is known of the sweep as a whole. */
interface WholeSweep {
  readonly concurrencyReached: number;
  readonly durationMs: number;
  readonly dryRun: boolean;
}

/** Of several, the one that weighs most. */
const TRUNCATED: readonly TruncatedReason[] = [
  "aborted",
  "deadline",
  "denied",
  "clock-skew",
  "lease-lost",
  "list-failed",
];
const LEASE: readonly LeaseUse[] = ["lost", "waited", "taken", "unsupported", "none"];

/** One report of what was done in all shards. Throws what went wrong if no shard could be swept. */
export function mergeReports(
  outcomes: readonly ShardOutcome[],
  { requests, lateness }: { readonly requests: Requests; readonly lateness: LatenessHistogram },
  whole: WholeSweep,
): SweepReport {
  const errors = outcomes.flatMap((outcome) => ("error" in outcome ? [outcome.error] : []));
  const reports = outcomes.flatMap((outcome) => ("report" in outcome ? [outcome.report] : []));
  if (reports.length === 0 && errors.length > 0) throw errors[0];
  const swept = reports.filter((report) => report.outcome === "swept");
  const held = reports.filter((report) => report.outcome === "held");
  const shards = { swept: swept.length, held: held.length, failed: errors.length };
  const holder = errors.length === 0 && swept.every(isIdle) ? earliest(held) : undefined;
  const { durationMs } = whole;
  if (holder !== undefined) return { ...holder, requests, durationMs, shards };
  return {
    outcome: "swept",
    ...summed(swept),
    errors: firstErrorsOf(swept, errors),
    truncated: truncatedOf(swept, errors.length > 0),
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

/** It found nothing to do, and asked for no lease. */
function isIdle({ due, lease, truncated }: SweptReport): boolean {
  return due === 0 && lease === "none" && truncated === false;
}

/** The one that ends first, if nobody renews it. */
function earliest(held: readonly HeldReport[]): HeldReport | undefined {
  return held.toSorted((one, other) => Number(one.expiresAt) - Number(other.expiresAt))[0];
}

/** The one for which a sweep ended counts most. */
function skewOf(swept: readonly SweptReport[]): number | undefined {
  const ended = swept.find(({ truncated }) => truncated === "clock-skew");
  return ended?.skewMs ?? swept.map(({ skewMs }) => skewMs).find((skewMs) => skewMs !== undefined);
}

function summed(swept: readonly SweptReport[]): ReportCounts {
  const sum = (name: keyof ReportCounts) =>
    swept.reduce((total, report) => total + report[name], 0);
  return {
    listed: sum("listed"),
    unrecognized: sum("unrecognized"),
    due: sum("due"),
    delivered: sum("delivered"),
    alreadyDelivered: sum("alreadyDelivered"),
    gone: sum("gone"),
    retrying: sum("retrying"),
    blocked: sum("blocked"),
    dead: sum("dead"),
    leftInPlace: sum("leftInPlace"),
    undeleted: sum("undeleted"),
    undecided: sum("undecided"),
  };
}

function firstErrorsOf(
  swept: readonly SweptReport[],
  failures: readonly ObjectStoreError[],
): readonly SweepError[] {
  const first = createFirstErrors();
  first.add(...failures.map((error) => sweepErrorOf("shard-failed", error)));
  for (const report of swept) first.add(...report.errors);
  return first.list;
}

function truncatedOf(swept: readonly SweptReport[], hasFailed: boolean): false | TruncatedReason {
  const reason = TRUNCATED.find((one) => swept.some(({ truncated }) => truncated === one));
  return reason ?? (hasFailed ? "list-failed" : false);
}

function least<T extends string | Date>(values: readonly (T | undefined)[]): T | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.toSorted((one, other) => (one < other ? -1 : 1))[0];
}

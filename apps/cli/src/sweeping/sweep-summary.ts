import type { SweepReport } from "@keywhen/core";
import type { HeldReport, SweptReport } from "@keywhen/core/internal";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { showCount } from "../output/show-size.js";
import { showInstant, showSpan } from "../output/show-time.js";

/** Done only if no due event is left behind or dead-lettered. */
export function sweepExitCode(report: SweepReport, isInterrupted: boolean): ExitCode {
  if (report.outcome === "held") return isInterrupted ? EXIT.interrupted : EXIT.held;
  const { retrying, blocked, dead, leftInPlace, undeleted, undecided, truncated } = report;
  const { expired, wakeUpsLeft } = report;
  if (truncated === "aborted") return EXIT.interrupted;
  const left = retrying + blocked + leftInPlace + undeleted + undecided + wakeUpsLeft;
  return left + dead + expired > 0 || truncated !== false ? EXIT.partly : EXIT.done;
}

/** `Delivered 1,204 of 1,204 due in 3.1 s · lateness median 0.9 s, p99 2.4 s · 0 retrying, 2 unrecognized objects left alone`. */
export function describeSweep(report: SweepReport): string {
  if (report.outcome === "held") return describeHeld(report);
  const { latenessMs } = report;
  const parts = [describeCount(report)];
  if (latenessMs !== undefined) {
    parts.push(`lateness median ${showSpan(latenessMs.median)}, p99 ${showSpan(latenessMs.p99)}`);
  }
  parts.push(describeRest(report));
  parts.push(...sweepProblems(report));
  return parts.join(" · ");
}

/** What kept a sweep from delivering everything. */
export function sweepProblems(report: SweptReport): readonly string[] {
  const { circuitOpen, truncated } = report;
  return [
    ...(circuitOpen ? [CIRCUIT] : []),
    ...(truncated === false ? [] : [`ended early: ${REASONS[truncated](report)}`]),
  ];
}

function describeHeld({ by, expiresAt }: HeldReport): string {
  return `Another sweeper is at work: ${by}, until ${showInstant(expiresAt)} unless it renews its lease. Nothing was done`;
}

const CIRCUIT =
  "none or too few of the due events are allowed, so the others were left where they are: check --allow";

const REASONS: Readonly<
  Record<Exclude<SweptReport["truncated"], false>, (report: SweptReport) => string>
> = {
  deadline: () => "the deadline was reached",
  aborted: () => "interrupted",
  "lease-lost": () => "the lease was lost, so another sweeper delivers the rest",
  denied: () =>
    "the sweeper is not allowed to delete delivered events, so each sweep would deliver them again: grant it the permission",
  "clock-skew": ({ skewMs = 0 }) =>
    `${describeSkew(skewMs)}, so events would be ${skewMs < 0 ? "late" : "early"}: set it (NTP)`,
  "list-failed": () => "listing failed",
};

function describeSkew(skewMs: number): string {
  const where = skewMs < 0 ? "behind" : "ahead of";
  return `this machine's clock is ${showSpan(Math.abs(skewMs))} ${where} the store's`;
}

function describeCount({ delivered, due, leftInPlace, durationMs, dryRun }: SweptReport): string {
  if (due === 0) return "Nothing is due";
  return dryRun
    ? `Would deliver ${showCount(due - leftInPlace)} of ${showCount(due)} due`
    : `Delivered ${showCount(delivered)} of ${showCount(due)} due in ${showSpan(durationMs)}`;
}

/** Leaves out zeros, except the first count. */
function describeRest(report: SweptReport): string {
  const counts = [
    `${showCount(report.retrying)} retrying`,
    ...some(report.blocked, "blocked behind them"),
    ...some(report.leftInPlace, "left in place"),
    ...some(report.dead, "dead-lettered (keywhen dead list)"),
    ...some(report.expired, "expired (keywhen dead list)"),
    ...some(report.alreadyDelivered, "delivered before"),
    ...some(report.gone, "disappeared during the sweep"),
    ...some(report.undecided, "undecided"),
    ...some(report.destinationPauses, pauses(report.destinationPauses)),
    ...some(report.undeleted, "delivered but not deleted"),
    ...some(report.passedOver, "passed over (recurring schedules)"),
    ...some(report.wakeUpsLeft, "left to a sweeper that delivers recurring schedules"),
    ...some(report.unrecognized, unrecognizedObjects(report.unrecognized)),
  ];
  return counts.join(", ");
}

function pauses(count: number): string {
  return count === 1 ? "pause of a destination" : "pauses of destinations";
}

/** Describes objects under the prefix that are not events, after their number. */
export function unrecognizedObjects(count: number): string {
  return `unrecognized ${count === 1 ? "object" : "objects"} left alone`;
}

/** Returns the count with a description, or nothing for zero. */
export function some(count: number, what: string): string[] {
  return count === 0 ? [] : [`${showCount(count)} ${what}`];
}

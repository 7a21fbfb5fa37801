import type { HeldReport, SweepReport, SweptReport } from "@keywhen/core";
import { EXIT, type ExitCode } from "./exit-codes.js";
import { showCount } from "./show-size.js";
import { showSpan } from "./show-time.js";

/** Done only if nothing that was due is left behind or given up. */
export function sweepExitCode(report: SweepReport): ExitCode {
  if (report.outcome === "held") return EXIT.held;
  const { retrying, held, dead, refused, undeleted, undecided, truncated } = report;
  const left = retrying + held + dead + refused + undeleted + undecided;
  return left > 0 || truncated !== false ? EXIT.partly : EXIT.done;
}

/** `Delivered 1,204 of 1,204 due in 3.1 s · lateness median 0.9 s, p99 2.4 s · 0 retrying, 2 foreign left alone`. */
export function describeSweep(report: SweepReport): string {
  if (report.outcome === "held") return describeHeld(report);
  const { latenessMs, truncated } = report;
  const parts = [describeCount(report)];
  if (latenessMs !== undefined) {
    parts.push(`lateness median ${showSpan(latenessMs.median)}, p99 ${showSpan(latenessMs.p99)}`);
  }
  parts.push(describeRest(report));
  if (truncated !== false) parts.push(`ended early: ${truncated}`);
  return parts.join(" · ");
}

function describeHeld({ by, expiresAt }: HeldReport): string {
  return `Another sweeper is at work (${by}, until ${expiresAt.toISOString()} at least): nothing was done`;
}

function describeCount({ delivered, due, refused, durationMs, dryRun }: SweptReport): string {
  if (due === 0) return "Nothing is due";
  return dryRun
    ? `Would deliver ${showCount(due - refused)} of ${showCount(due)} due`
    : `Delivered ${showCount(delivered)} of ${showCount(due)} due in ${showSpan(durationMs)}`;
}

/** Zeros are left out but for the first, which everybody looks for. */
function describeRest(report: SweptReport): string {
  const counts = [
    `${showCount(report.retrying)} retrying`,
    ...some(report.held, "held behind them"),
    ...some(report.refused, "refused"),
    ...some(report.dead, "given up (keywhen dead list)"),
    ...some(report.alreadyDelivered, "delivered before"),
    ...some(report.gone, "gone meanwhile"),
    ...some(report.undecided, "undecided"),
    ...some(report.undeleted, "delivered but not deleted"),
    ...some(report.foreign, "foreign left alone"),
  ];
  return counts.join(", ");
}

function some(count: number, what: string): string[] {
  return count === 0 ? [] : [`${showCount(count)} ${what}`];
}

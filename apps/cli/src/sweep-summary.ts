import type { SweepReport } from "@keywhen/core";
import { EXIT, type ExitCode } from "./exit-codes.js";
import { showCount } from "./show-size.js";
import { showSpan } from "./show-time.js";

/** Done only if nothing that was due is left behind. */
export function sweepExitCode(report: SweepReport): ExitCode {
  const { retrying, held, refused, undeleted, undecided, truncated } = report;
  const left = retrying + held + refused + undeleted + undecided;
  return left > 0 || truncated !== false ? EXIT.partly : EXIT.done;
}

/** `Delivered 1,204 of 1,204 due in 3.1 s · lateness median 0.9 s, p99 2.4 s · 0 retrying, 2 foreign left alone`. */
export function describeSweep(report: SweepReport): string {
  const { latenessMs, truncated } = report;
  const parts = [describeCount(report)];
  if (latenessMs !== undefined) {
    parts.push(`lateness median ${showSpan(latenessMs.median)}, p99 ${showSpan(latenessMs.p99)}`);
  }
  parts.push(describeRest(report));
  if (truncated !== false) parts.push(`ended early: ${truncated}`);
  return parts.join(" · ");
}

function describeCount({ delivered, due, refused, durationMs, dryRun }: SweepReport): string {
  if (due === 0) return "Nothing is due";
  return dryRun
    ? `Would deliver ${showCount(due - refused)} of ${showCount(due)} due`
    : `Delivered ${showCount(delivered)} of ${showCount(due)} due in ${showSpan(durationMs)}`;
}

/** Zeros are left out but for the first, which everybody looks for. */
function describeRest(report: SweepReport): string {
  const counts = [
    `${showCount(report.retrying)} retrying`,
    ...some(report.held, "held behind them"),
    ...some(report.refused, "refused"),
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

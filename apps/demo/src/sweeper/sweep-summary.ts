import type { SweepReport } from "@keywhen/core";
import type { SweepSummary } from "../api/index.js";

/** A sweep's report as the API sends it. */
export function toSweepSummary(report: SweepReport, endedAtMs: number): SweepSummary {
  const endedAt = new Date(endedAtMs).toISOString();
  const { requests, durationMs } = report;
  if (report.outcome === "held") {
    return { outcome: "held", by: holderOf(report.by), endedAt, requests, durationMs };
  }
  const { delivered, due, retrying, dead, unrecognized, leftInPlace, undeleted, undecided } =
    report;
  const { circuitOpen, errors, truncated, lease, latenessMs, oldestDueAt, skewMs } = report;
  return {
    ...{ outcome: "swept", endedAt, requests, durationMs },
    ...{ delivered, due, retrying, dead, unrecognized, leftInPlace, undeleted, undecided },
    ...{ circuitOpen, truncated, lease },
    errors: errors.map(({ type, code, message }) => ({
      type,
      ...(code === undefined ? {} : { code }),
      message,
    })),
    ...(latenessMs === undefined ? {} : { latenessMs }),
    ...(oldestDueAt === undefined ? {} : { oldestDueAt: oldestDueAt.toISOString() }),
    ...(skewMs === undefined ? {} : { skewMs }),
  };
}

/** `web-1 pid 4711`, without what tells its sweeps apart. */
export function holderOf(owner: string): string {
  return owner.replace(/\/[^/]*$/, "");
}

import type { SweepReport } from "@keywhen/core";

export interface MetricsOptions {
  /** The CloudWatch namespace. */
  readonly namespace: string;
  /** The dimension of the metrics, which distinguishes several schedules in one account. */
  readonly functionName: string;
}

const UNITS = {
  Delivered: "Count",
  Retrying: "Count",
  Dead: "Count",
  Expired: "Count",
  Unrecognized: "Count",
  PassedOver: "Count",
  WakeUpsLeft: "Count",
  LatenessP99: "Milliseconds",
  OldestDueAge: "Seconds",
} as const;

/**
 * Returns a sweep's metrics in CloudWatch's embedded metric format: fields of a JSON log line that CloudWatch turns into
 * metrics, without a call or a permission. Returns no fields if another sweeper was at work. AWS bills a metric only while it
 * has values, so the one of events that expired and the two of recurring schedules are left out at zero.
 */
export function reportMetrics(
  report: SweepReport,
  { namespace, functionName }: MetricsOptions,
  nowMs: number,
): object {
  if (report.outcome === "held") return {};
  const { delivered, retrying, dead, unrecognized, latenessMs, oldestDueAt } = report;
  const { expired, passedOver, wakeUpsLeft } = report;
  const values: Partial<Record<keyof typeof UNITS, number>> = {
    Delivered: delivered,
    Retrying: retrying,
    Dead: dead,
    Unrecognized: unrecognized,
    ...(expired > 0 && { Expired: expired }),
    ...(passedOver > 0 && { PassedOver: passedOver }),
    ...(wakeUpsLeft > 0 && { WakeUpsLeft: wakeUpsLeft }),
    ...(latenessMs && { LatenessP99: latenessMs.p99 }),
    OldestDueAge: oldestDueAt === undefined ? 0 : ageSeconds(oldestDueAt, nowMs),
  };
  const metrics = Object.entries(UNITS)
    .filter(([name]) => name in values)
    .map(([Name, Unit]) => ({ Name, Unit }));
  return {
    _aws: {
      Timestamp: nowMs,
      CloudWatchMetrics: [
        { Namespace: namespace, Dimensions: [["FunctionName"]], Metrics: metrics },
      ],
    },
    FunctionName: functionName,
    ...values,
  };
}

function ageSeconds(at: Date, nowMs: number): number {
  return Math.max(0, Math.round((nowMs - at.getTime()) / 1_000));
}

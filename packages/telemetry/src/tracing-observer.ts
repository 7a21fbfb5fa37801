import type { Observer, SweepReport } from "@keywhen/core";
import { type Clock, isError, type SweptReport } from "@keywhen/core/internal";
import { type Attributes, SpanStatusCode, type Tracer } from "@opentelemetry/api";

const NAME = "keywhen sweep";

/** One span a sweep, made when it has ended: what it did as attributes, an error if it came to nothing. */
export function tracingObserver(tracer: Tracer, clock: Clock): Observer {
  return (event) => {
    if (event.type === "swept") spanOf(tracer, event.report, clock.now());
    if (event.type === "sweep-failed") spanOfFailure(tracer, event.error, clock.now());
  };
}

function spanOf(tracer: Tracer, report: SweepReport, endMs: number): void {
  const span = tracer.startSpan(NAME, { startTime: endMs - report.durationMs });
  if (report.outcome === "held") {
    span.setAttributes({ "keywhen.outcome": "held", "keywhen.held_by": report.by });
  } else {
    span.setAttributes(attributesOf(report));
    const { truncated } = report;
    if (truncated !== false && truncated !== "aborted") {
      span.setStatus({ code: SpanStatusCode.ERROR, message: truncated });
    }
  }
  span.end(endMs);
}

function spanOfFailure(tracer: Tracer, error: unknown, atMs: number): void {
  const span = tracer.startSpan(NAME, { startTime: atMs });
  span.setAttributes({ "keywhen.outcome": "failed" });
  const failure = isError(error) ? error : new Error(String(error));
  span.recordException(failure, atMs);
  span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
  span.end(atMs);
}

function attributesOf(report: SweptReport): Attributes {
  const { latenessMs, oldestDueAt, skewMs } = report;
  return {
    "keywhen.outcome": "swept",
    "keywhen.truncated": report.truncated === false ? "no" : report.truncated,
    "keywhen.lease": report.lease,
    "keywhen.due": report.due,
    "keywhen.delivered": report.delivered,
    "keywhen.retrying": report.retrying,
    "keywhen.dead": report.dead,
    "keywhen.expired": report.expired,
    "keywhen.undeleted": report.undeleted,
    "keywhen.undecided": report.undecided,
    "keywhen.passed_over": report.passedOver,
    "keywhen.wake_ups_left": report.wakeUpsLeft,
    ...(latenessMs && { "keywhen.lateness.p99_ms": latenessMs.p99 }),
    ...(oldestDueAt && { "keywhen.oldest_due_at": oldestDueAt.toISOString() }),
    ...(skewMs === undefined ? {} : { "keywhen.skew_ms": skewMs }),
  };
}

import type { Observer, SweepReport } from "@keywhen/core";
import type { Clock, SweptReport } from "@keywhen/core/internal";
import type { Meter } from "@opentelemetry/api";

/** From a few milliseconds, which look-ahead reaches, to an hour, which is too late. */
const LATENESS_BOUNDARIES_S = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 3_600,
];

/** Counts the events of a sweeper. */
export function meteringObserver(meter: Meter, clock: Clock): Observer {
  const lateness = meter.createHistogram("keywhen.delivery.lateness", {
    description: "From an event's due instant to the start of its copy.",
    unit: "s",
    advice: { explicitBucketBoundaries: LATENESS_BOUNDARIES_S },
  });
  const count = (name: string, unit: string, description: string) =>
    meter.createCounter(`keywhen.${name}`, { unit, description });
  const delivered = count("delivered", "{event}", "Copies confirmed at their targets.");
  const failed = count("failed", "{try}", "Tries that failed and are made again, by error.");
  const dead = count("dead", "{event}", "Events given up and kept as dead letters, by reason.");
  const expired = count(
    "expired",
    "{event}",
    "Events not delivered in time, and kept as dead letters. They are not part of keywhen.dead.",
  );
  const passedOver = count(
    "passed_over",
    "{wake-up}",
    "Wake-ups of recurring schedules that were void, or whose occurrence came too late.",
  );
  const wakeUpsLeft = count(
    "wake_ups_left",
    "{wake-up}",
    "Due wake-ups of recurring schedules, left because this sweeper does not deliver them.",
  );
  const sweeps = count("sweeps", "{sweep}", "Sweeps that have ended, by outcome.");
  const requests = count("requests", "{request}", "Requests to the store, by kind.");
  const tellOldestDue = gaugeOldestDue(meter, clock);

  const onReport = (report: SweepReport) => {
    for (const [kind, sent] of Object.entries(report.requests)) {
      if (sent > 0) requests.add(sent, { "keywhen.request.kind": kind });
    }
    sweeps.add(1, { "keywhen.outcome": outcomeOf(report) });
    if (report.outcome === "swept") tellOldestDue(report);
  };

  return (event) => {
    switch (event.type) {
      case "delivered":
        delivered.add(1);
        lateness.record(event.latenessMs / 1_000);
        break;
      case "failed":
        failed.add(1, { "error.type": event.error.code });
        break;
      case "dead":
        dead.add(1, { "keywhen.reason": event.reason });
        break;
      case "expired":
        expired.add(1);
        break;
      case "passed-over":
        passedOver.add(1);
        break;
      case "wake-up-left":
        wakeUpsLeft.add(1);
        break;
      case "sweep-failed":
        sweeps.add(1, { "keywhen.outcome": "failed" });
        break;
      case "swept":
        onReport(event.report);
    }
  };
}

/** `swept`, `held`, or why it ended early. */
function outcomeOf(report: SweepReport): string {
  return (report.outcome === "swept" && report.truncated) || report.outcome;
}

/** It grows from one sweep to the next, also when no sweep comes any more. */
function gaugeOldestDue(meter: Meter, clock: Clock): (report: SweptReport) => void {
  const oldestDueMs = new Map<string | undefined, number>(); // by shard, because each reports its own
  const gauge = meter.createObservableGauge("keywhen.oldest_due.age", {
    description:
      "How long the oldest due event that the last sweep left has been due; 0 if it left none.",
    unit: "s",
  });
  gauge.addCallback((result) => {
    if (oldestDueMs.size === 0) return;
    const ageMs = clock.now() - Math.min(...oldestDueMs.values());
    result.observe(Math.max(0, ageMs) / 1_000);
  });
  return ({ oldestDueAt, shard }) => {
    oldestDueMs.set(shard, oldestDueAt?.getTime() ?? Number.POSITIVE_INFINITY);
  };
}

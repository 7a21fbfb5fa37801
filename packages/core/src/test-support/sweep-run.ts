import { SlowBuckets } from "../event-table/ready-events.js";
import { resolveSchedule, type ScheduleLocation } from "../options/schedule.js";
import { LatenessHistogram } from "../report/lateness-histogram.js";
import { SafeObserver } from "../report/safe-observer.js";
import type { Observer } from "../report/sweep-event.js";
import { noRequests } from "../requests/wrap-store.js";
import { pendingPartition } from "../shards/partitions.js";
import { RecentTries } from "../sweep/recent-tries.js";
import { type PartitionSweepOptions, SweepRun } from "../sweep/sweep-run.js";
import { createTargetGuard } from "../targets/allow-targets.js";

/** A sweep of `pending/` without a lease, which has just begun. */
export function sweepRun(
  location: ScheduleLocation,
  observe?: Observer,
  options: Partial<PartitionSweepOptions> = {},
): SweepRun {
  const schedule = resolveSchedule(location);
  const defaults: PartitionSweepOptions = {
    schedule,
    partition: pendingPartition(schedule),
    partitionCount: 1,
    sharedConcurrency: undefined,
    slowBuckets: new SlowBuckets(),
    targets: createTargetGuard(schedule, ["*"]),
    destinations: new Map(),
    recentTries: new RecentTries(),
    concurrency: 64,
    maxAgeMs: 3_600_000,
    leaseDurationMs: 60_000,
    owner: undefined,
    wakeUps: undefined,
    observed: new SafeObserver(observe),
    signal: undefined,
    deadlineMs: undefined,
    startedMs: schedule.clock.now(),
    whenHeld: "leave",
    ahead: undefined,
    dryRun: false,
    isFirst: true,
  };
  const record = { requests: noRequests(), lateness: new LatenessHistogram() };
  const run = new SweepRun({ ...defaults, ...options }, record);
  run.startReporting();
  return run;
}

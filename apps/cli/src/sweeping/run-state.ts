import type { SweepEvent, SweepReport } from "@keywhen/core";
import { type SweptReport, systemClock } from "@keywhen/core/internal";
import { holderOf } from "@keywhen/host";

/** What `keywhen run` knows of its sweeps. */
export interface RunState {
  /** By the monotonic clock. */
  readonly beganMs: number;
  delivered: number;
  dead: number;
  /** Of the last sweep that delivered anything. */
  latenessMs: SweptReport["latenessMs"];
  /** When a sweep last ended, or found another sweeper at work. */
  lastSweepAt: Date | undefined;
  /** The same by the monotonic clock; before the first sweep, the start of the run. */
  lastSweepMs: number;
  /** The due instant of the oldest due event that the last sweep left waiting. */
  oldestDueAt: Date | undefined;
  /** The last sweep of each shard. */
  readonly lastReports: Map<string | undefined, SweptReport>;
  /** The holder of the lease, if the last sweep found another sweeper at work. */
  heldBy: string | undefined;
  /** This process delivers what is due before this time, in epoch milliseconds. */
  holdsUntilMs: number;
  /** Requests of the sweeps that have ended. */
  requests: number;
}

export function newRunState(): RunState {
  const beganMs = systemClock.monotonic();
  return {
    beganMs,
    delivered: 0,
    dead: 0,
    latenessMs: undefined,
    lastSweepAt: undefined,
    lastSweepMs: beganMs,
    oldestDueAt: undefined,
    lastReports: new Map(),
    heldBy: undefined,
    holdsUntilMs: 0,
    requests: 0,
  };
}

/** Whether this process delivers what is due now. */
export function isHolding({ holdsUntilMs }: RunState): boolean {
  return systemClock.now() < holdsUntilMs;
}

export function observeRun(state: RunState, event: SweepEvent): void {
  switch (event.type) {
    case "delivered":
      state.delivered += 1;
      break;
    case "dead":
    case "expired":
      state.dead += 1;
      break;
    case "lease-taken":
      state.holdsUntilMs = Math.max(state.holdsUntilMs, event.until.getTime());
      state.heldBy = undefined;
      break;
    case "lease-unsupported":
      state.holdsUntilMs = Number.POSITIVE_INFINITY;
      break;
    case "sweep-failed":
      state.holdsUntilMs = 0;
      break;
    case "swept":
      applyReport(state, event.report);
  }
}

function applyReport(state: RunState, report: SweepReport): void {
  state.lastSweepAt = new Date(systemClock.now());
  state.lastSweepMs = systemClock.monotonic();
  for (const count of Object.values(report.requests)) state.requests += count;
  state.heldBy = report.outcome === "held" ? holderOf(report.by) : undefined;
  if (report.outcome === "held") return;
  state.lastReports.set(report.shard, report);
  const last = [...state.lastReports.values()];
  state.oldestDueAt = earliest(last.map(({ oldestDueAt }) => oldestDueAt));
  state.latenessMs = report.latenessMs ?? state.latenessMs;
  if (report.truncated !== false) state.holdsUntilMs = 0;
  else if (report.lease === "unsupported") state.holdsUntilMs = Number.POSITIVE_INFINITY;
}

/** How many events failed, or were blocked behind one that did, when their shards were last swept. */
export function waitingAfterFailure({ lastReports, heldBy }: RunState): number {
  if (heldBy !== undefined) return 0; // another sweeper may have delivered them
  const counts = [...lastReports.values()].map(
    ({ retrying, blocked, undecided }) => retrying + blocked + undecided,
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

function earliest(dates: readonly (Date | undefined)[]): Date | undefined {
  const known = dates.filter((date) => date !== undefined);
  return known.toSorted((one, other) => one.getTime() - other.getTime())[0];
}

import type { SweepReport } from "@keywhen/core";
import type { ActiveSweeper } from "@keywhen/core/internal";
import { holderOf } from "@keywhen/host";
import type { LeaseHolder, SweeperState, SweepSummary } from "../api/state.js";

/** What this server knows about its sweeper and the lease. */
export interface SweeperKnowledge {
  /** This server's sweeper delivers what is due before this time; 0 if it has no lease. */
  leasedUntilMs: number;
  /** The store supports leases, as far as this server knows. */
  hasLease: boolean;
  /** All holders of the lease at the last look, this server included. */
  active: readonly ActiveSweeper[];
  lookedAtMs: number | undefined;
  lastSweep: SweeperState["lastSweep"];
  failure: SweeperState["failure"];
}

/** This server's sweeper. */
export interface OwnSweeper {
  readonly isStarted: boolean;
  /** Its name in the lease. */
  readonly owner: string;
  readonly pollMs: number;
}

export function sweeperState(
  known: SweeperKnowledge,
  own: OwnSweeper,
  nowMs: number,
): SweeperState {
  const { active, lookedAtMs, lastSweep, failure } = known;
  return {
    at: whereSweeping(known, own, nowMs),
    isStarted: own.isStarted,
    holders: active.map((sweeper) => toHolder(sweeper, own.owner)),
    lookedAt: lookedAtMs === undefined ? undefined : new Date(lookedAtMs).toISOString(),
    lastSweep,
    failure,
    pollMs: own.pollMs,
  };
}

/** Returns a sweep's report in the form of the API. */
export function toSweepSummary(report: SweepReport, endedAtMs: number): SweepSummary {
  const endedAt = new Date(endedAtMs).toISOString();
  if (report.outcome === "held") {
    const { outcome, by, requests, durationMs } = report;
    return { outcome, by: holderOf(by), endedAt, requests, durationMs };
  }
  return {
    ...report,
    endedAt,
    errors: report.errors.map(({ type, code, message }) => ({ type, code, message })),
    oldestDueAt: report.oldestDueAt?.toISOString(),
  };
}

/** Returns whether this server's sweeper took the lease. */
export function isOwn(sweeper: ActiveSweeper, owner: string): boolean {
  return holderOf(sweeper.owner) === owner;
}

function whereSweeping(
  { hasLease, leasedUntilMs, active }: SweeperKnowledge,
  { isStarted, owner }: OwnSweeper,
  nowMs: number,
): SweeperState["at"] {
  if (isStarted && (!hasLease || nowMs < leasedUntilMs)) return "here";
  if (active.some((other) => !isOwn(other, owner) && other.expiresAt.getTime() > nowMs)) {
    return "elsewhere";
  }
  if (isStarted) return "here";
  return hasLease ? "stopped" : "unknown";
}

function toHolder(sweeper: ActiveSweeper, owner: string): LeaseHolder {
  return {
    owner: holderOf(sweeper.owner),
    until: sweeper.until.toISOString(),
    expiresAt: sweeper.expiresAt.toISOString(),
    isHere: isOwn(sweeper, owner),
  };
}

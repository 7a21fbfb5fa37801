import type { ActiveSweeper } from "@keywhen/core";
import type { LeaseHolder, SweeperState } from "../api/index.js";
import { holderOf } from "./sweep-summary.js";

/** What this server knows about its own sweeper and the lease. */
export interface SweeperKnowledge {
  /** The own sweeper is started. */
  readonly isStarted: boolean;
  /** The own sweeper delivers what is due before this time; 0 if it has no lease. */
  readonly leasedUntilMs: number;
  /** The store supports leases, as far as this server knows. */
  readonly hasLease: boolean;
  /** All holders of the lease at the last look, this server included. */
  readonly active: readonly ActiveSweeper[];
  readonly lookedAtMs: number | undefined;
  readonly lastSweep: SweeperState["lastSweep"];
  readonly failure: SweeperState["failure"];
}

/** The owner under which this server takes the lease, and its polling interval. */
export interface SweeperIdentity {
  readonly owner: string;
  readonly pollMs: number;
}

export function sweeperState(
  known: SweeperKnowledge,
  { owner, pollMs }: SweeperIdentity,
  nowMs: number,
): SweeperState {
  const { isStarted, active, lookedAtMs, lastSweep, failure } = known;
  return {
    at: whereSweeping(known, owner, nowMs),
    isStarted,
    holders: active.map((sweeper) => toHolder(sweeper, owner)),
    ...(lookedAtMs === undefined ? {} : { lookedAt: new Date(lookedAtMs).toISOString() }),
    ...(lastSweep === undefined ? {} : { lastSweep }),
    ...(failure === undefined ? {} : { failure }),
    pollMs,
  };
}

/** Whether this server's sweeper took the lease, rather than another sweeper. */
export function isOwn(sweeper: ActiveSweeper, owner: string): boolean {
  return holderOf(sweeper.owner) === owner;
}

function whereSweeping(
  { isStarted, hasLease, leasedUntilMs, active }: SweeperKnowledge,
  owner: string,
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

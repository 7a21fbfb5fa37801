import { type LatenessMs, type SweepEvent, type SweepReport, systemClock } from "@keywhen/core";

/** What is known of sweeping that goes on. */
export interface RunState {
  /** By the monotonic clock. */
  readonly beganMs: number;
  delivered: number;
  dead: number;
  /** Of the last sweep that delivered anything. */
  latenessMs: LatenessMs | undefined;
  /** When a sweep last ended, or found another sweeper at work. */
  lastSweepAt: Date | undefined;
  /** The same, or when all began, by a clock that nobody sets. */
  lastSweepMs: number;
  /** The due instant of the oldest due event that the last sweep left waiting. */
  oldestDueAt: Date | undefined;
  /** The same by shard, where each is swept by itself. */
  readonly oldestDueOf: Map<string | undefined, Date | undefined>;
  /** Who was in the way when the lease was last asked for. */
  heldBy: string | undefined;
  /** Until when what is due is this process's to deliver, in epoch milliseconds. */
  holdsUntilMs: number;
  /** On the wire, of the sweeps that have ended. */
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
    oldestDueOf: new Map(),
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
      state.dead += 1;
      break;
    case "lease-taken":
      state.holdsUntilMs = Math.max(state.holdsUntilMs, event.until.getTime());
      state.heldBy = undefined;
      break;
    case "lease-unsupported":
      state.holdsUntilMs = Number.POSITIVE_INFINITY; // nobody keeps it from delivering
      break;
    case "sweep-failed":
      state.holdsUntilMs = 0;
      break;
    case "swept":
      takeReport(state, event.report);
  }
}

function takeReport(state: RunState, report: SweepReport): void {
  state.lastSweepAt = new Date(systemClock.now());
  state.lastSweepMs = systemClock.monotonic();
  for (const count of Object.values(report.requests)) state.requests += count;
  state.heldBy = report.outcome === "held" ? holderOf(report.by) : undefined;
  if (report.outcome === "held") return;
  state.oldestDueOf.set(report.shard, report.oldestDueAt);
  state.oldestDueAt = earliest([...state.oldestDueOf.values()]);
  state.latenessMs = report.latenessMs ?? state.latenessMs;
  if (report.truncated !== false) state.holdsUntilMs = 0;
  else if (report.lease === "unsupported") state.holdsUntilMs = Number.POSITIVE_INFINITY;
}

function earliest(dates: readonly (Date | undefined)[]): Date | undefined {
  const known = dates.filter((date) => date !== undefined);
  return known.toSorted((one, other) => one.getTime() - other.getTime())[0];
}

/** `web-1 pid 4711`, without what tells its sweeps apart. */
export function holderOf(by: string): string {
  return by.replace(/\/[^/]*$/, "");
}

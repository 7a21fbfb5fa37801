import type { ClockPlan } from "../plan.js";
import type { VirtualTime } from "../virtual-time.js";

/** Half a second less than what is allowed: the check can be wrong by that, because the store tells whole seconds. */
const CERTAINLY_RIGHT_MS = 600;

/** The clock of one machine: off by a little, set forward or back now and then. */
export interface HostClock {
  now(): number;
  monotonic(): number;
  /** The machine slept: its monotonic clock stood still. */
  suspended(forMs: number): void;
  /** True time at which it last woke from a suspend; undefined if it never slept. */
  readonly wokeAtMs: number | undefined;
  /** From now on it is right to within what keywhen allows. */
  correct(): void;
}

export function hostClock(time: VirtualTime, plan: ClockPlan): HostClock {
  const startMs = time.now();
  let skewMs = plan.skewMs;
  let suspendedMs = 0;
  let wokeAtMs: number | undefined;
  let jumps = plan.jumps;
  return {
    now() {
      const nowMs = time.now();
      const jumpedMs = jumps.reduce((sum, { atMs, byMs }) => sum + (atMs <= nowMs ? byMs : 0), 0);
      return nowMs + skewMs + jumpedMs;
    },
    monotonic: () => time.now() - startMs - suspendedMs,
    get wokeAtMs() {
      return wokeAtMs;
    },
    suspended(forMs) {
      suspendedMs += forMs;
      wokeAtMs = time.now();
    },
    correct() {
      skewMs = Math.max(-CERTAINLY_RIGHT_MS, Math.min(CERTAINLY_RIGHT_MS, skewMs));
      jumps = [];
    },
  };
}

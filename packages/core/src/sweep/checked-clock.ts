import type { Clock } from "../machine.js";
import type { ClockInstant } from "../requests/clock-reading.js";

/**
 * The wall clock, but never ahead of what the last comparison with the store's clock and the time since then allow: a
 * clock that is set forward in the middle of a sweep delivers nothing early.
 */
export interface CheckedClock {
  now(): number;
  /** The wall clock was right at this instant; since then it may have been set. */
  confirm(instant: ClockInstant): void;
}

/** What clocks that tick apart may differ by until they are compared again. */
const TOLERANCE_MS = 250;

export function createCheckedClock(clock: Clock): CheckedClock {
  let right: ClockInstant | undefined;
  return {
    now() {
      const nowMs = clock.now();
      if (right === undefined) return nowMs; // never compared, as where one clock serves
      const passedMs = clock.monotonic() - right.monotonicMs;
      return Math.min(nowMs, right.wallMs + passedMs + TOLERANCE_MS);
    },
    confirm(instant) {
      right = instant;
    },
  };
}

import type { Clock } from "../clock.js";

/**
 * The wall clock, but never ahead of what the last comparison with the store's clock and the time since then allow: a
 * clock that is set forward in the middle of a sweep delivers nothing early.
 */
export interface CheckedClock {
  now(): number;
  /** The wall clock has just been compared, and is right. */
  confirm(): void;
}

/** What clocks that tick apart may differ by until they are compared again. */
const TOLERANCE_MS = 250;

export function createCheckedClock(clock: Clock): CheckedClock {
  let wallMs: number | undefined;
  let monotonicMs = 0;
  return {
    now() {
      const nowMs = clock.now();
      if (wallMs === undefined) return nowMs; // never compared, as where one clock serves
      return Math.min(nowMs, wallMs + (clock.monotonic() - monotonicMs) + TOLERANCE_MS);
    },
    confirm() {
      wallMs = clock.now();
      monotonicMs = clock.monotonic();
    },
  };
}

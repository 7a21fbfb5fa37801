import type { Clock } from "../clock.js";

/** Tells how long ago it was started, in milliseconds. */
export type Stopwatch = () => number;

/**
 * The larger of what two clocks say has passed: a monotonic clock can stop while the machine sleeps, the
 * wall clock can be set back.
 */
export function startStopwatch(clock: Clock): Stopwatch {
  const startMs = clock.now();
  const startMonotonicMs = clock.monotonic();
  return () => Math.max(clock.now() - startMs, clock.monotonic() - startMonotonicMs);
}

const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** 1 + 2 + 4 + 8 + 16 + 32 minutes: from here on a step is an hour. */
const STEADY_FROM_MS = 63 * 60_000;

/**
 * The first instant after `afterMs` at which an event that failed is tried again. The pauses double from a
 * minute to an hour and are counted from `sinceMs`, so that nothing has to be kept for an event.
 */
export function nextTryMs(sinceMs: number, afterMs: number): number {
  const elapsedMs = afterMs - sinceMs;
  if (elapsedMs >= STEADY_FROM_MS) {
    const steps = Math.floor((elapsedMs - STEADY_FROM_MS) / LONGEST_PAUSE_MS) + 1;
    return sinceMs + STEADY_FROM_MS + steps * LONGEST_PAUSE_MS;
  }
  let stepMs = 0;
  for (let pauseMs = FIRST_PAUSE_MS; stepMs <= elapsedMs; pauseMs *= 2) stepMs += pauseMs;
  return sinceMs + stepMs;
}

/** The same for an undated event, which may never have been tried: once a minute. */
export function nextUndatedTryMs(sinceMs: number, afterMs: number): number {
  const steps = Math.floor((afterMs - sinceMs) / FIRST_PAUSE_MS) + 1;
  return sinceMs + steps * FIRST_PAUSE_MS;
}

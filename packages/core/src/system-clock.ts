import type { Clock } from "./clock.js";
import { onAbort } from "./on-abort.js";

/** `setTimeout` fires at once for anything longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock: the one place in core that reads real time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: sleepInSteps,
};

async function sleepInSteps(ms: number, call?: { signal?: AbortSignal | undefined }) {
  let remainingMs = ms;
  while (remainingMs > 0 && !call?.signal?.aborted) {
    const stepMs = Math.min(remainingMs, LONGEST_TIMER_MS);
    await sleepOnce(stepMs, call?.signal);
    remainingMs -= stepMs;
  }
}

function sleepOnce(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    let unsubscribe = () => {};
    const wake = () => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(wake, ms);
    unsubscribe = onAbort(signal, wake);
  });
}

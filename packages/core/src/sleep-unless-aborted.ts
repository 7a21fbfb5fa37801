import type { Clock } from "./clock.js";
import { onAbort } from "./on-abort.js";

/** Sleeps so long, or until one of the signals aborts: at once, even on a clock that passes over its signal. */
export async function sleepUnlessAborted(
  clock: Clock,
  ms: number,
  ...signals: readonly (AbortSignal | undefined)[]
): Promise<void> {
  const wake = new AbortController();
  const woken = new Promise<void>((resolve) => {
    onAbort(wake.signal, resolve);
  });
  const unsubscribe = signals.map((signal) => onAbort(signal, () => wake.abort()));
  await Promise.race([clock.sleep(Math.max(0, ms), { signal: wake.signal }), woken]);
  for (const end of unsubscribe) end();
}

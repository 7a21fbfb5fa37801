import { onAbort } from "./callbacks.js";

/** Time as keywhen reads it. A parameter everywhere, so that any run can be replayed. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z; may jump when the machine's time is set. */
  now(): number;
  /** Milliseconds since some fixed moment; never jumps, for measuring spans. */
  monotonic(): number;
  /**
   * Resolves after about `ms`, or immediately when `signal` aborts; never rejects. Timers may fire up to 2 ms early (measured
   * on Node 20), so a caller that must not be early looks at `now()` again.
   */
  sleep(ms: number, call?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
}

/** A source of random bytes. A parameter, so that any run can be replayed. */
export type RandomSource = (bytes: number) => Uint8Array;

/** `setTimeout` fires immediately for anything longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock: the one place in core that reads real time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, call) {
    let remainingMs = ms;
    while (remainingMs > 0 && !call?.signal?.aborted) {
      const stepMs = Math.min(remainingMs, LONGEST_TIMER_MS);
      await sleepOnce(stepMs, call?.signal);
      remainingMs -= stepMs;
    }
  },
};

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

export const systemRandom: RandomSource = (bytes) =>
  globalThis.crypto.getRandomValues(new Uint8Array(bytes));

/** A number in [0, 1) for spreading retries. */
export function randomFraction(random: RandomSource): number {
  const [high = 0, low = 0] = random(2);
  return (high * 256 + low) / 65_536;
}

/** Sleeps for `ms`, or until one of the signals aborts, even on a clock that ignores its signal. */
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

/** Returns the milliseconds since it was started. */
export type Stopwatch = () => number;

/** By the larger of two clocks: a monotonic clock can stop while the machine sleeps, and the wall clock can be set back. */
export function startStopwatch(clock: Clock): Stopwatch {
  const startMs = clock.now();
  const startMonotonicMs = clock.monotonic();
  return () => Math.max(clock.now() - startMs, clock.monotonic() - startMonotonicMs);
}

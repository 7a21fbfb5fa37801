import { onAbort } from "../callbacks.js";
import type { Clock } from "../machine.js";
import { type Duration, durationMs } from "../time/duration.js";
import { type Moment, momentMs } from "../time/moment.js";

/** A clock that moves only when `advance` is called. */
export interface ManualClock extends Clock {
  /** Advances by a duration. Wakes each sleeper at its instant, in order, and lets its work settle before time moves on. */
  advance(duration: Duration): Promise<void>;
  /** Sets the wall clock, forward or back, like a correction of the machine's time. Sleepers sleep on. */
  set(moment: Moment): void;
  /** The number of sleepers. */
  readonly sleepers: number;
}

interface Sleeper {
  readonly wakesAtMs: number;
  readonly wake: () => void;
}

/** A clock for tests, which need no sleep and have the same result every time. */
export function manualClock(start: Moment): ManualClock {
  let nowMs = momentMs(start);
  let monotonicMs = 0;
  const sleepers = new Set<Sleeper>();

  const nextSleeper = () => [...sleepers].sort((one, other) => one.wakesAtMs - other.wakesAtMs)[0];

  const goTo = (targetMs: number) => {
    nowMs += targetMs - monotonicMs;
    monotonicMs = targetMs;
  };

  return {
    now: () => nowMs,
    monotonic: () => monotonicMs,
    sleep(ms, call) {
      return new Promise((resolve) => {
        let unsubscribe = () => {};
        const sleeper: Sleeper = {
          wakesAtMs: monotonicMs + Math.max(0, ms),
          wake() {
            sleepers.delete(sleeper);
            unsubscribe();
            resolve();
          },
        };
        sleepers.add(sleeper);
        unsubscribe = onAbort(call?.signal, () => sleeper.wake());
      });
    },
    async advance(duration) {
      const endMs = monotonicMs + durationMs(duration);
      await settle();
      for (let next = nextSleeper(); next && next.wakesAtMs <= endMs; next = nextSleeper()) {
        goTo(Math.max(monotonicMs, next.wakesAtMs));
        next.wake();
        await settle();
      }
      goTo(endMs);
    },
    set(moment) {
      nowMs = momentMs(moment);
    },
    get sleepers() {
      return sleepers.size;
    },
  };
}

/** Enough turns of the event loop for everything that doesn't wait for time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

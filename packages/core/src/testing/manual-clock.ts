import { onAbort } from "../callbacks.js";
import type { Clock } from "../machine.js";
import { type Duration, durationMs } from "../time/duration.js";
import { type Moment, momentMs } from "../time/moment.js";

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /**
   * Goes on by a duration: wakes each sleeper at its instant, in order, and lets what it then does settle
   * before time goes on.
   */
  advance(duration: Duration): Promise<void>;
  /** Sets the wall clock, forwards or back, as somebody who corrects the machine's time; sleepers sleep on. */
  set(moment: Moment): void;
  /** How many sleep. */
  readonly sleepers: number;
}

interface Sleeper {
  readonly wakesAtMs: number;
  readonly wake: () => void;
}

/** A clock for tests, which then need no sleep and come out the same every time. */
export function manualClock(start: Moment): ManualClock {
  let nowMs = momentMs(start);
  let monotonicMs = 0;
  const sleepers = new Set<Sleeper>();

  const nextSleeper = () =>
    [...sleepers].reduce<Sleeper | undefined>(
      (first, one) => (first === undefined || one.wakesAtMs < first.wakesAtMs ? one : first),
      undefined,
    );

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

/** Enough turns of the event loop for everything that doesn't wait for time to come to rest. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await nextTurn();
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

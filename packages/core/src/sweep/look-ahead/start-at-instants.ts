import { onAbort } from "../../on-abort.js";
import type { DeliveryLine } from "../delivering/delivery-line.js";
import type { DueEvent } from "../due-event.js";
import type { SweepRun } from "../sweep-run.js";
import { takeInAll } from "../take-in.js";
import type { Upcoming } from "./upcoming.js";

/** Takes events in as their instants come. */
export interface Starter {
  /** There are new ones. */
  look(): void;
  /** Takes in what a listing found due already, after all elder ones that wait for their instant here. */
  takeIn(event: DueEvent): Promise<void>;
  /** Resolves when none is left, or nothing may start any more. */
  end(): Promise<void>;
}

/**
 * Sleeps until the next instant, and no longer: waiting costs nothing. `onRoom` is told when some that had no room
 * have it now.
 */
export function startAtInstants(
  run: SweepRun,
  line: DeliveryLine,
  upcoming: Upcoming,
  onRoom: () => void,
): Starter {
  const { home, windDown } = run;
  let isEnding = false;
  let asleep = new AbortController();
  const wake = () => asleep.abort();
  onAbort(windDown.startSignal, wake);

  const sleep = async (ms: number) => {
    asleep = new AbortController();
    await home.clock.sleep(ms, { signal: asleep.signal });
  };

  let last: Promise<void> = Promise.resolve();
  /** One after the other: what waits for room must not be overtaken by a younger event of its target. */
  const inTurn = (takeIn: () => Promise<void>) => {
    const turn = last.then(takeIn);
    last = turn.catch(() => {}); // told to whose turn it was
    return turn;
  };

  const startDue = async () => {
    const due = upcoming.takeDue(run.now());
    for (const { key } of due) line.inHand.take(key); // at once, before a listing meets them
    await takeInAll(run, line, due);
    if (upcoming.isCut && upcoming.hasRoom) onRoom();
  };

  const work = async () => {
    while (!windDown.reason && !(isEnding && upcoming.size === 0)) {
      const waitMs = (upcoming.nextMs ?? Number.POSITIVE_INFINITY) - run.now();
      // Timers come early now and then, so the clock is looked at again.
      if (waitMs > 0) await sleep(waitMs);
      else await inTurn(startDue);
    }
  };

  const working = work();
  return {
    look: wake,
    takeIn(event) {
      return inTurn(async () => {
        await startDue();
        line.lines.seen(event);
        await takeInAll(run, line, [event]);
      });
    },
    async end() {
      isEnding = true;
      wake();
      await working;
    },
  };
}

import { createScheduler, type ScheduleLocation } from "@keywhen/core";
import { systemClock } from "@keywhen/core/internal";
import type { Progress } from "../output/progress.js";
import { showCount } from "../output/show-size.js";
import { showDistance, showSpan } from "../output/show-time.js";
import type { RunState } from "./run-state.js";

/** The last line on a terminal, which shows the progress of `keywhen run`. */
export interface RunStatus extends AsyncDisposable {
  /** Removes the line, calls `write`, and draws the line again below. */
  around(write: () => void): void;
}

/** What waited at the last listing. */
interface Waiting {
  readonly count: number;
  readonly isMore: boolean;
  readonly nextAt: Date | undefined;
}

const DRAW_EVERY_MS = 1_000;
const LIST_EVERY_MS = 10_000;
/** While events become due. */
const LIST_SOON_MS = 2_000;
/** One page. */
const LISTED = 1_000;

/** Sends a LIST every ten seconds, or every two while events become due. Sends none without a terminal. */
export function createRunStatus(
  progress: Progress,
  state: RunState,
  home: ScheduleLocation,
): RunStatus {
  const ended = new AbortController();
  const { signal } = ended;
  let waiting: Waiting | undefined;

  const draw = () => {
    if (!signal.aborted) progress.show(describeRun(state, waiting));
  };
  const keepDrawing = async () => {
    while (!signal.aborted) {
      draw();
      await systemClock.sleep(DRAW_EVERY_MS, { signal });
    }
  };
  const keepLooking = async () => {
    while (!signal.aborted) {
      waiting = await countWaiting(home, signal).catch(() => undefined); // the sweep reports why
      const untilNextMs =
        (waiting?.nextAt?.getTime() ?? Number.POSITIVE_INFINITY) - systemClock.now();
      const pauseMs = Math.min(LIST_EVERY_MS, Math.max(LIST_SOON_MS, untilNextMs));
      await systemClock.sleep(pauseMs, { signal });
    }
  };
  const going = progress.isShown ? [keepDrawing(), keepLooking()] : [];

  return {
    around(write) {
      progress.clear();
      write();
      draw();
    },
    async [Symbol.asyncDispose]() {
      ended.abort();
      progress.clear();
      await Promise.all(going);
    },
  };
}

async function countWaiting(home: ScheduleLocation, signal: AbortSignal): Promise<Waiting> {
  let count = 0;
  let nextAt: Date | undefined;
  for await (const { at } of createScheduler(home).list({ limit: LISTED }, { signal })) {
    nextAt ??= at;
    count += 1;
  }
  return { count, isMore: count === LISTED, nextAt };
}

/** `12 delivered · 3 waiting, next due in 4 min · last sweep: lateness median 2 ms, p99 9 ms`. */
function describeRun(state: RunState, waiting: Waiting | undefined): string {
  const { delivered, dead, latenessMs, heldBy } = state;
  const parts = [`${showCount(delivered)} delivered`];
  if (dead > 0) parts.push(`${showCount(dead)} dead-lettered`);
  if (waiting !== undefined) parts.push(describeWaiting(waiting));
  if (latenessMs !== undefined) {
    const { median, p99 } = latenessMs;
    parts.push(`last sweep: lateness median ${showSpan(median)}, p99 ${showSpan(p99)}`);
  }
  if (heldBy !== undefined) parts.push(`${heldBy} holds the lease`);
  return parts.join(" · ");
}

function describeWaiting({ count, isMore, nextAt }: Waiting): string {
  if (nextAt === undefined) return "nothing waiting";
  const waits = `${showCount(count)}${isMore ? " or more" : ""} waiting`;
  const untilNextMs = nextAt.getTime() - systemClock.now();
  if (Math.abs(untilNextMs) < LIST_SOON_MS) return waits; // it may be delivered by now
  return `${waits}, next due ${showDistance(untilNextMs)}`;
}

import { createScheduler, type Home, systemClock } from "@keywhen/core";
import type { Progress } from "./progress.js";
import type { RunState } from "./run-state.js";
import { showCount } from "./show-size.js";
import { showDistance, showSpan } from "./show-time.js";

/** A line on a terminal that shows what goes on, below the others. */
export interface RunStatus extends AsyncDisposable {
  /** Writes something in its place, and the line anew below it. */
  around(write: () => void): void;
}

/** What waits, as last listed. */
interface Waiting {
  readonly count: number;
  readonly isMore: boolean;
  readonly nextAt: Date | undefined;
}

const DRAW_EVERY_MS = 1_000;
const LIST_EVERY_MS = 10_000;
/** One page. */
const LISTED = 1_000;

/** Costs a LIST each ten seconds, and nothing where nobody looks on. */
export function createRunStatus(progress: Progress, state: RunState, home: Home): RunStatus {
  const ended = new AbortController();
  let waiting: Waiting | undefined;
  const draw = () => progress.show(describeRun(state, waiting));

  const every = async (ms: number, work: () => void | Promise<void>) => {
    while (!ended.signal.aborted) {
      await work();
      await systemClock.sleep(ms, { signal: ended.signal });
    }
  };
  const look = async () => {
    waiting = await countWaiting(home, ended.signal).catch(() => undefined); // the sweep tells why
  };
  const going = progress.isShown ? [every(DRAW_EVERY_MS, draw), every(LIST_EVERY_MS, look)] : [];

  return {
    around(write) {
      progress.clear();
      write();
      if (!ended.signal.aborted) draw();
    },
    async [Symbol.asyncDispose]() {
      ended.abort();
      progress.clear();
      await Promise.all(going);
    },
  };
}

async function countWaiting(home: Home, signal: AbortSignal): Promise<Waiting> {
  let count = 0;
  let nextAt: Date | undefined;
  for await (const { at } of createScheduler(home).list({ limit: LISTED }, { signal })) {
    nextAt ??= at;
    count += 1;
  }
  return { count, isMore: count === LISTED, nextAt };
}

/** `12 delivered · 3 waiting, next due in 4 min · last sweep: lateness median 2 ms, p99 9 ms`. */
export function describeRun(state: RunState, waiting: Waiting | undefined): string {
  const { delivered, dead, latenessMs, heldBy } = state;
  const parts = [`${showCount(delivered)} delivered`];
  if (dead > 0) parts.push(`${showCount(dead)} given up`);
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
  return `${waits}, next due ${showDistance(nextAt.getTime() - systemClock.now())}`;
}

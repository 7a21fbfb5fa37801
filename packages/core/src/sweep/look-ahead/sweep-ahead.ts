import type { OtherHolder } from "../../lease/take-lease.js";
import { onAbort } from "../../on-abort.js";
import { allowedSkewMs } from "../../requests/clock-reading.js";
import { storeErrorOf } from "../../store/object-store-error.js";
import { deliverAll } from "../delivering/deliver-all.js";
import type { DeliveryLine } from "../delivering/delivery-line.js";
import { createInHand, type InHand } from "../delivering/in-hand.js";
import type { DueEvent } from "../due-event.js";
import { duePages } from "../due-pages.js";
import { releaseRange, takeRange } from "../range.js";
import { sweptThroughMs } from "../retrying/swept-through.js";
import { newPass, requireClock, type SweepRun, stopForSkew } from "../sweep-run.js";
import { type Starter, startAtInstants } from "./start-at-instants.js";
import { createUpcoming, type Upcoming } from "./upcoming.js";

/** Events in memory at most that aren't due yet, of all places together. */
const MOST_UPCOMING = 10_000;

/** The end of the next full interval: a host that is woken once an interval leaves no gap, whenever it is woken. */
export function rangeEndMs(nowMs: number, intervalMs: number): number {
  return (Math.floor(nowMs / intervalMs) + 2) * intervalMs;
}

/**
 * Delivers each event at its instant until the range has ended: lists again and again for what is written at short
 * notice, and keeps what isn't due yet in memory. The holder that is in the way, if there is one.
 */
export async function sweepAhead(run: SweepRun, pollMs: number): Promise<OtherHolder | undefined> {
  const holder = await takeRange(run, { hasWaited: false, onLeaseRead: () => stopIfSkewed(run) });
  if (holder !== undefined) return holder;
  if (run.windDown.reason) {
    await releaseRange(run); // stopped as it was taken: nobody else would end its renewing
    return undefined;
  }
  run.pass = newPass(run.now(), run.lease?.fromMs);
  const inHand = createInHand();
  await deliverAll(run, inHand, (line) => deliverAtInstants(run, line, inHand, pollMs));
  return undefined;
}

/** What the listings of one sweep work on. */
interface Ahead {
  readonly run: SweepRun;
  readonly line: DeliveryLine;
  readonly inHand: InHand;
  readonly upcoming: Upcoming;
  readonly starter: Starter;
}

async function deliverAtInstants(
  run: SweepRun,
  line: DeliveryLine,
  inHand: InHand,
  pollMs: number,
): Promise<void> {
  const { windDown } = run;
  const { clock } = run.home;
  const upcoming = createUpcoming(Math.ceil(MOST_UPCOMING / run.options.places));
  const pause = createPause(run);
  const starter = startAtInstants(run, line, upcoming, pause.end);
  const ahead: Ahead = { run, line, inHand, upcoming, starter };
  try {
    let listedMs = clock.monotonic();
    await listFirst(ahead);
    while (!windDown.reason && run.now() <= run.untilMs) {
      const restMs = restOf(pollMs, clock.monotonic() - listedMs);
      await pause.rest(Math.min(restMs, run.untilMs + 1 - run.now()));
      await beginPass(ahead);
      listedMs = clock.monotonic();
      await listAgain(ahead);
    }
  } finally {
    await starter.end();
    upcoming.clear();
  }
}

/** From one listing's beginning to the next one's it is `pollMs`; a store that is slow to list gets half of it to rest. */
function restOf(pollMs: number, tookMs: number): number {
  return Math.max(pollMs / 2, pollMs - tookMs);
}

/** What happens between two listings. */
async function beginPass({ run, line, inHand, upcoming }: Ahead): Promise<void> {
  const { lease, tally, windDown, pass } = run;
  const throughMs = pass.isComplete ? sweptThroughMs(run) : undefined;
  if (throughMs !== undefined) {
    const startedThroughMs = line.dispatcher.unstartedSinceMs - 1; // what waits for its turn was not tried
    run.swept = { fromMs: pass.fromMs, throughMs: Math.min(throughMs, startedThroughMs) };
  }
  tally.forgetWaiting();
  inHand.newPass();
  upcoming.forgetCut();
  if (lease !== undefined && lease.fromMs !== Number.NEGATIVE_INFINITY) {
    await refresh(lease, windDown.startSignal);
  }
  run.clockReading = undefined;
  run.pass = newPass(run.now(), lease?.fromMs);
}

/** Who isn't the lowest may have become it meanwhile. If that can't be told now, the next poll tells. */
async function refresh(lease: NonNullable<SweepRun["lease"]>, signal: AbortSignal): Promise<void> {
  try {
    await lease.refresh(signal);
  } catch (caught) {
    storeErrorOf(caught);
  }
}

/** Throws if not even the first page can be listed: then nothing is under way. */
async function listFirst(ahead: Ahead): Promise<void> {
  const { run } = ahead;
  try {
    await listPass(ahead);
  } catch (caught) {
    if (run.windDown.reason) return; // the listing was aborted with everything else
    const error = storeErrorOf(caught);
    if (run.pass.pagesRead === 0) throw error;
    run.tally.listFailed(error);
  }
}

async function listAgain(ahead: Ahead): Promise<void> {
  const { run } = ahead;
  try {
    await listPass(ahead);
  } catch (caught) {
    const error = storeErrorOf(caught);
    if (!run.windDown.reason) run.tally.listFailed(error); // what is in memory is delivered all the same
  }
}

async function listPass(ahead: Ahead): Promise<void> {
  const { run, line, starter } = ahead;
  const { pass, windDown } = run;
  for await (const page of duePages(run)) {
    requireClock(run);
    stopIfSkewed(run);
    for (const event of page) {
      if (windDown.reason) return;
      const hasRoom = await takeIn(ahead, event);
      if (!hasRoom) return starter.look();
    }
    pass.lastTakenIn = page.at(-1);
    starter.look(); // the next page may be long in coming
  }
  stopIfSkewed(run); // also if nothing was found
  pass.isComplete = true;
  line.lines.endPass();
}

/** False if there is no room for it, nor for what comes after it. */
async function takeIn(
  { run, line, inHand, upcoming, starter }: Ahead,
  event: DueEvent,
): Promise<boolean> {
  if (upcoming.has(event.key)) return true; // it is about to start by itself
  if (inHand.has(event.key)) line.lines.seen(event);
  else if (event.atMs > run.now()) return upcoming.add(event);
  else await starter.takeIn(event);
  return true;
}

/** A clock that is ahead would deliver early; one that is behind keeps others from delivering in time. */
function stopIfSkewed(run: SweepRun): void {
  const { home, clockReading } = run;
  if (clockReading === undefined) return;
  if (Math.abs(clockReading.aheadMs) > allowedSkewMs(home.guardMs)) stopForSkew(run);
}

/** The time between two listings, which can be cut short. */
function createPause({ home, windDown }: SweepRun) {
  let current = new AbortController();
  const end = () => current.abort();
  onAbort(windDown.startSignal, end);
  return {
    end,
    async rest(ms: number) {
      current = new AbortController();
      await home.clock.sleep(ms, { signal: current.signal });
    },
  };
}

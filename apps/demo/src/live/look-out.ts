import type { Clock, DeadLetters, Home, Scheduler } from "@keywhen/core";
import { LARGEST_PAGE, type LiveError, WATCHED_EVENTS } from "../api/index.js";
import { liveErrorOf } from "../api-failure.js";
import { toWaitingEvent } from "../wire.js";
import type { Journal } from "./journal.js";
import type { LiveHub } from "./live-hub.js";
import type { Difference, WaitingIndex } from "./waiting-index.js";
import { whatBecameOf } from "./what-became.js";

/** Looks at the store for what others do, as long as anybody listens. */
export interface LookOut {
  /** Somebody listens, until the returned function is called. */
  attend(): () => void;
  /** What is known is at most seconds old after that. Never rejects: see `trouble`. */
  refresh(): Promise<void>;
  /** The last look failed. */
  readonly trouble: (LiveError & { readonly at: string }) | undefined;
  /** Until the signal comes. */
  run(signal: AbortSignal): Promise<void>;
}

export interface LookOutParts {
  readonly home: Home;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly deadLetters: DeadLetters;
  readonly hub: LiveHub;
  readonly journal: Journal;
  /** Between two looks at what is next. */
  readonly everyMs: number;
  /** Looks who holds the lease. */
  readonly lookAtSweepers: (signal: AbortSignal) => Promise<void>;
}

/** Dead letters and the lease change seldom: so many looks at the schedule to one at them. */
const LOOKS_TO_ONE = 5;
/** After that time without a look nobody can be told what changed meanwhile: they load all anew. */
const STALE_AFTER_LOOKS = 10;
/** However slow the store is, looking takes a small part of the time. */
const SMALL_PART = 5;
const MOST_PAGES = WATCHED_EVENTS / LARGEST_PAGE;

export function createLookOut(parts: LookOutParts): LookOut {
  const { clock, hub, journal, everyMs } = parts;
  let listeners = 0;
  let wake = () => {};
  let trouble: LookOut["trouble"];
  let lookedMs = Number.NEGATIVE_INFINITY;
  let looks = 0;
  /** Behind which the look at later pages goes on. */
  let farther = "";
  /** One look at a time. */
  let queue: Promise<void> = Promise.resolve();

  const waitingPage = (after: string, signal: AbortSignal) =>
    listPage(journal.waiting, parts.scheduler, clock, after, signal);
  const deadPage = async (signal: AbortSignal) => {
    const page = await listPage(journal.dead, parts.deadLetters, clock, "", signal);
    journal.setMore({ dead: !page.isLast });
    return page;
  };

  const lookAnew = async (signal: AbortSignal) => {
    hub.forget();
    journal.waiting.clear();
    journal.dead.clear();
    farther = "";
    let page = await waitingPage("", signal);
    for (let pages = 1; !page.isLast && pages < MOST_PAGES; pages++) {
      page = await waitingPage(page.end, signal);
    }
    journal.setMore({ waiting: !page.isLast });
    await deadPage(signal);
    await parts.lookAtSweepers(signal);
  };

  const lookOn = async (signal: AbortSignal) => {
    const first = await waitingPage("", signal);
    await tellWaiting(parts, first, signal);
    if (!first.isLast) await lookFarther(first.end, signal);
    else journal.setMore({ waiting: false });
    if (looks % LOOKS_TO_ONE !== 0) return;
    await tellDead(parts, await deadPage(signal), signal);
    await parts.lookAtSweepers(signal);
  };

  const lookFarther = async (firstEnd: string, signal: AbortSignal) => {
    const page = await waitingPage(farther > firstEnd ? farther : firstEnd, signal);
    await tellWaiting(parts, page, signal);
    const isFull = journal.waiting.size >= WATCHED_EVENTS;
    farther = page.isLast || isFull ? "" : page.end;
    if (page.isLast || isFull) journal.setMore({ waiting: !page.isLast });
  };

  const look = async (signal: AbortSignal) => {
    const isStale = clock.monotonic() - lookedMs > STALE_AFTER_LOOKS * everyMs;
    try {
      await (isStale ? lookAnew(signal) : lookOn(signal));
      lookedMs = clock.monotonic();
      looks += 1;
      trouble = undefined;
    } catch (error) {
      if (signal.aborted) return;
      trouble = { ...liveErrorOf(error), at: new Date(clock.now()).toISOString() };
    }
  };
  const lookNext = (signal: AbortSignal) => {
    queue = queue.then(() => look(signal));
    return queue;
  };
  const someone = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  const refreshing = new AbortController();

  return {
    attend() {
      listeners += 1;
      wake();
      return () => {
        listeners -= 1;
      };
    },
    async refresh() {
      if (clock.monotonic() - lookedMs > 2 * everyMs) await lookNext(refreshing.signal);
    },
    get trouble() {
      return trouble;
    },
    async run(signal) {
      signal.addEventListener("abort", () => {
        refreshing.abort();
        wake();
      });
      while (!signal.aborted) {
        if (listeners === 0) await someone();
        else {
          const beganMs = clock.monotonic();
          await lookNext(signal);
          const tookMs = clock.monotonic() - beganMs;
          await clock.sleep(Math.max(everyMs, SMALL_PART * tookMs), { signal });
        }
      }
      await queue;
    },
  };
}

interface LookedAt extends Difference {
  readonly isLast: boolean;
  /** The last id. */
  readonly end: string;
}

async function listPage(
  index: WaitingIndex,
  source: Pick<Scheduler, "list">,
  clock: Clock,
  after: string,
  signal: AbortSignal,
): Promise<LookedAt> {
  const sentMs = clock.monotonic();
  const events = [];
  const filter = { limit: LARGEST_PAGE, ...(after === "" ? {} : { after }) };
  for await (const event of source.list(filter, { signal })) events.push(toWaitingEvent(event));
  const isLast = events.length < LARGEST_PAGE;
  const difference = index.compare({ after, isLast, events, sentMs });
  return { ...difference, isLast, end: events.at(-1)?.id ?? after };
}

async function tellWaiting(
  { home, journal, clock }: LookOutParts,
  { appeared, vanished }: Difference,
  signal: AbortSignal,
): Promise<void> {
  for (const event of appeared) journal.scheduled(event);
  await whatBecameOf({ home, journal, clock }, vanished, signal);
}

async function tellDead(
  { deadLetters, journal }: LookOutParts,
  { appeared, vanished }: Difference,
  signal: AbortSignal,
): Promise<void> {
  for (const { id } of vanished) journal.purged(id);
  for (const { id } of appeared) {
    const letter = await deadLetters.get(id, { signal });
    if (letter !== undefined) journal.died(id, letter.reason ?? "unknown", letter.error);
  }
}

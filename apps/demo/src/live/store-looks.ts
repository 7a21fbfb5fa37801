import type { DeadLetters, ScheduleLocation, Scheduler } from "@keywhen/core";
import { type Clock, isDeliveryOf } from "@keywhen/core/internal";
import { isStoreError } from "@keywhen/core/store";
import { type Delivery, LARGEST_PAGE, type WaitingEvent } from "../api/events.js";
import { WATCHED_EVENTS } from "../api/state.js";
import { toWaitingEvent } from "../wire.js";
import type { LiveHub } from "./live-hub.js";
import type { Recorder } from "./recorder.js";
import type { Difference, WaitingIndex } from "./waiting-index.js";

export interface StoreLooksParts {
  readonly home: ScheduleLocation;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly deadLetters: DeadLetters;
  readonly hub: LiveHub;
  readonly recorder: Recorder;
  /** Looks up which sweepers hold the lease. */
  readonly lookAtSweepers: (signal: AbortSignal) => Promise<void>;
}

/** Dead letters and the lease rarely change: one look at them for this many looks at the schedule. */
const SCHEDULE_LOOKS = 5;
/** How many vanished events are looked for at their targets, a HEAD each. The others are reported as gone. */
const LOOKED_FOR = 50;
const MOST_PAGES = WATCHED_EVENTS / LARGEST_PAGE;

/** Lists the store and reports to the recorder what other programs changed. */
export class StoreLooks {
  readonly #parts: StoreLooksParts;
  #looks = 0;
  /** The id after which the next look at later pages starts. */
  #laterAfter = "";

  constructor(parts: StoreLooksParts) {
    this.#parts = parts;
  }

  /** Loads everything again. Listeners cannot resume from before this look. */
  async lookAtAll(signal: AbortSignal): Promise<void> {
    const { hub, recorder, lookAtSweepers } = this.#parts;
    hub.forget();
    recorder.waiting.clear();
    recorder.dead.clear();
    this.#laterAfter = "";
    let page = await this.#waitingPage("", signal);
    for (let pages = 1; !page.isLast && pages < MOST_PAGES; pages++) {
      page = await this.#waitingPage(page.end, signal);
    }
    recorder.setMore({ waiting: !page.isLast });
    await this.#deadPage(signal);
    await lookAtSweepers(signal);
    this.#looks += 1;
  }

  /** Looks at the first page, at one later page and, every few looks, at the dead letters and the lease. */
  async lookForChanges(signal: AbortSignal): Promise<void> {
    const { recorder, lookAtSweepers } = this.#parts;
    const first = await this.#waitingPage("", signal);
    await this.#reportWaiting(first, signal);
    if (first.isLast) recorder.setMore({ waiting: false });
    else await this.#lookAtLaterPage(first.end, signal);
    if (this.#looks % SCHEDULE_LOOKS === 0) {
      await this.#reportDead(await this.#deadPage(signal), signal);
      await lookAtSweepers(signal);
    }
    this.#looks += 1;
  }

  async #lookAtLaterPage(firstEnd: string, signal: AbortSignal): Promise<void> {
    const { recorder } = this.#parts;
    const after = this.#laterAfter > firstEnd ? this.#laterAfter : firstEnd;
    const page = await this.#waitingPage(after, signal);
    await this.#reportWaiting(page, signal);
    const isEnd = page.isLast || recorder.waiting.size >= WATCHED_EVENTS;
    this.#laterAfter = isEnd ? "" : page.end;
    if (isEnd) recorder.setMore({ waiting: !page.isLast });
  }

  #waitingPage(after: string, signal: AbortSignal): Promise<ListedPage> {
    const { recorder, scheduler, clock } = this.#parts;
    return listPage(recorder.waiting, scheduler, clock, after, signal);
  }

  async #deadPage(signal: AbortSignal): Promise<ListedPage> {
    const { recorder, deadLetters, clock } = this.#parts;
    const page = await listPage(recorder.dead, deadLetters, clock, "", signal);
    recorder.setMore({ dead: !page.isLast });
    return page;
  }

  async #reportWaiting({ appeared, vanished }: Difference, signal: AbortSignal): Promise<void> {
    const { recorder } = this.#parts;
    for (const event of appeared) recorder.scheduled(event);
    await this.#reportVanished(vanished, signal);
  }

  /** Events that were due may be at their targets. */
  async #reportVanished(vanished: readonly WaitingEvent[], signal: AbortSignal): Promise<void> {
    const { home, recorder, clock } = this.#parts;
    let looked = 0;
    for (const event of vanished) {
      const mayBeDelivered = Date.parse(event.at) <= clock.now() && looked < LOOKED_FOR;
      if (mayBeDelivered) looked += 1;
      const delivery = mayBeDelivered ? await findDelivery(home, event, signal) : undefined;
      if (delivery === undefined) recorder.gone(event.id);
      else recorder.delivered(delivery);
    }
  }

  async #reportDead({ appeared, vanished }: Difference, signal: AbortSignal): Promise<void> {
    const { deadLetters, recorder } = this.#parts;
    for (const { id } of vanished) recorder.purged(id);
    for (const { id } of appeared) {
      const letter = await deadLetters.get(id, { signal });
      if (letter !== undefined) recorder.died(id, letter.reason ?? "unknown", letter.error);
    }
  }
}

interface ListedPage extends Difference {
  readonly isLast: boolean;
  /** The last id. */
  readonly end: string;
}

/** Lists the page after an id and compares it with the known events. */
async function listPage(
  index: WaitingIndex,
  source: Pick<Scheduler, "list">,
  clock: Clock,
  after: string,
  signal: AbortSignal,
): Promise<ListedPage> {
  const sentMs = clock.monotonic();
  const events = [];
  const filter = { limit: LARGEST_PAGE, after: after === "" ? undefined : after };
  for await (const event of source.list(filter, { signal })) events.push(toWaitingEvent(event));
  const isLast = events.length < LARGEST_PAGE;
  const difference = index.compare({ after, isLast, events, sentMs });
  return { ...difference, isLast, end: events.at(-1)?.id ?? after };
}

async function findDelivery(
  { store }: ScheduleLocation,
  event: WaitingEvent,
  signal: AbortSignal,
): Promise<Delivery | undefined> {
  const info = await store.head(event.to, { signal }).catch(noneIfRefused);
  if (info === undefined || !isDeliveryOf(event.id, info.metadata)) return undefined;
  const { id, at, to, size } = event;
  const deliveredMs = Math.max(info.lastModified.getTime(), Date.parse(at));
  return {
    id,
    at,
    to,
    size,
    deliveredAt: new Date(deliveredMs).toISOString(),
    latenessMs: deliveredMs - Date.parse(at),
    by: "elsewhere",
  };
}

/** This server may not be allowed to read the target, so it can't see whether the event was delivered. */
function noneIfRefused(error: unknown): undefined {
  if (isStoreError(error) && !error.retryable && error.code !== "aborted") return undefined;
  throw error;
}

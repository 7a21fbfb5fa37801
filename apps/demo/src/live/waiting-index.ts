import type { WaitingEvent } from "../api/events.js";

/** A listed page of the schedule. */
interface ListedPage {
  /** It contains the events after this id … */
  readonly after: string;
  /** … up to its last event, or up to the end of the schedule. */
  readonly isLast: boolean;
  readonly events: readonly WaitingEvent[];
  /** When the list was sent, by the monotonic clock. */
  readonly sentMs: number;
}

export interface Difference {
  readonly appeared: readonly WaitingEvent[];
  readonly vanished: readonly WaitingEvent[];
}

/**
 * The waiting events that this server knows from its calls and its lists. Comparing a list with them shows what other
 * programs changed. What happened after a list was sent takes precedence over the list.
 */
export interface WaitingIndex {
  /** Adds an event that waits. */
  put(event: WaitingEvent): void;
  /** Removes an event. `isDelivered`: it may be listed a little longer, until it is deleted. */
  leave(id: string, isDelivered: boolean): void;
  hasDelivered(id: string): boolean;
  compare(page: ListedPage): Difference;
  clear(): void;
  readonly size: number;
}

interface Known {
  readonly event: WaitingEvent;
  readonly sinceMs: number;
  /** How often it was missing on the page that should contain it. */
  missed: number;
}

/** An event is deleted within seconds after its copy. If it is still listed after this time, it waits. */
const DELIVERED_FOR_MS = 60_000;
/** A sweep reports a delivery shortly after the event has disappeared from the list. */
const MISSED_TWICE = 2;

export function createWaitingIndex(monotonic: () => number, limit: number): WaitingIndex {
  const known = new Map<string, Known>();
  const left = new Map<string, { readonly atMs: number; readonly isDelivered: boolean }>();

  const hasLeft = (id: string, sentMs: number) => {
    const leaving = left.get(id);
    if (leaving === undefined) return false;
    return leaving.atMs + (leaving.isDelivered ? DELIVERED_FOR_MS : 0) >= sentMs;
  };
  const forgetOld = () => {
    const oldMs = monotonic() - DELIVERED_FOR_MS;
    for (const [id, { atMs }] of left) {
      if (atMs >= oldMs) return; // the order of removal
      left.delete(id);
    }
  };
  const put = (event: WaitingEvent) => {
    left.delete(event.id);
    if (known.size >= limit && !known.has(event.id)) return;
    known.set(event.id, { event, sinceMs: monotonic(), missed: 0 });
  };
  const appearedOn = ({ events, sentMs }: ListedPage) => {
    const appeared = events.filter(({ id }) => !known.has(id) && !hasLeft(id, sentMs));
    for (const event of appeared) put(event);
    return appeared;
  };
  const vanishedFrom = (page: ListedPage): WaitingEvent[] => {
    const listed = new Set(page.events.map(({ id }) => id));
    const vanished = [...known.values()]
      .filter(({ event }) => isOnPage(event.id, page))
      .filter((entry) => countMissed(entry, listed, page.sentMs) >= MISSED_TWICE)
      .map(({ event }) => event);
    for (const { id } of vanished) known.delete(id);
    return vanished;
  };

  return {
    put,
    leave(id, isDelivered) {
      known.delete(id);
      left.delete(id);
      left.set(id, { atMs: monotonic(), isDelivered });
      forgetOld();
    },
    hasDelivered(id) {
      return left.get(id)?.isDelivered === true && hasLeft(id, monotonic());
    },
    compare(page) {
      const vanished = vanishedFrom(page);
      return { vanished, appeared: appearedOn(page) };
    },
    clear() {
      known.clear();
      left.clear();
    },
    get size() {
      return known.size;
    },
  };
}

function isOnPage(id: string, { after, isLast, events }: ListedPage): boolean {
  if (id <= after) return false;
  const end = events.at(-1)?.id;
  return isLast || end === undefined || id <= end;
}

/** An event added after the list was sent can't be in it. */
function countMissed(entry: Known, listed: ReadonlySet<string>, sentMs: number): number {
  if (listed.has(entry.event.id)) entry.missed = 0;
  else if (entry.sinceMs < sentMs) entry.missed += 1;
  return entry.missed;
}

import type { TimelineView } from "./timeline-view.js";

/** How many events of each kind fall into one column of the timeline. */
export interface Bin {
  readonly startMs: number;
  readonly waiting: number;
  readonly overdue: number;
  readonly delivered: number;
}

interface Counted {
  waiting: number;
  overdue: number;
  delivered: number;
}

/** What is to be counted; each list in any order. */
export interface Timed {
  readonly waiting: readonly { readonly atMs: number }[];
  readonly deliveredMs: readonly number[];
}

/**
 * Counts events by columns of `binMs`, which begin at multiples of it: so columns move with the time and
 * don't flicker as the view follows now.
 */
export function bins(view: TimelineView, binMs: number, timed: Timed, nowMs: number): Bin[] {
  const counted = new Map<number, Counted>();
  const endMs = view.startMs + view.spanMs;
  const add = (atMs: number, kind: keyof Counted) => {
    if (atMs < view.startMs - binMs || atMs > endMs) return;
    const index = Math.floor(atMs / binMs);
    const bin = counted.get(index) ?? { waiting: 0, overdue: 0, delivered: 0 };
    bin[kind]++;
    counted.set(index, bin);
  };
  for (const { atMs } of timed.waiting) add(atMs, atMs <= nowMs ? "overdue" : "waiting");
  for (const atMs of timed.deliveredMs) add(atMs, "delivered");
  return [...counted].map(([index, bin]) => ({ startMs: index * binMs, ...bin }));
}

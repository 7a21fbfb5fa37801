import type { TimelineView } from "./timeline-view.js";

/** The number of events of each kind in one column of the timeline. */
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

/** The events to count, in any order. */
export interface Timed {
  readonly waiting: readonly { readonly atMs: number }[];
  readonly deliveredMs: readonly number[];
}

/**
 * Counts events by columns of `binMs`, which begin at multiples of it, so that columns do not flicker while the view
 * follows the current time.
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

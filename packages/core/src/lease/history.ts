import type { KeyCodec } from "../key/key-codec.js";
import type { HeldLease } from "./held-lease.js";

export interface EventAge {
  readonly key?: string | undefined;
  readonly atMs: number;
  /** Since when it could have been delivered: its due instant, or when it was written if that was later. */
  readonly sinceMs: number;
  /** The store's time of writing is in the future, so it is not believed; `sinceMs` is its due instant. */
  readonly isUndated: boolean;
}

/** A store's times have whole seconds, and a file can be a little ahead of the clock that lists it. */
const FUTURE_MS = 60_000;

/** Returns since when an event could have been delivered, at `nowMs` of the store's clock. */
export function ageOf(
  atMs: number,
  lastModified: Date,
  nowMs: number,
): Pick<EventAge, "sinceMs" | "isUndated"> {
  const writtenMs = lastModified.getTime();
  const isUndated = !(writtenMs <= nowMs + FUTURE_MS);
  return { sinceMs: isUndated ? atMs : Math.max(atMs, writtenMs), isUndated };
}

/** Every event that is due at `fromMs` or later, and was due and stored by `throughMs` (store time), has been tried. */
export interface OwnSweep {
  readonly fromMs: number;
  readonly throughMs: number;
}

export interface OwnFindings {
  readonly swept: () => OwnSweep | undefined;
  /** The latest due instant of an event that this sweep may have delivered without deleting it. */
  readonly uncertainMs: () => number | undefined;
  readonly nowMs: () => number;
  /** When this sweeper has tried an event the last time, if it remembers that (store time). */
  readonly triedMs?: ((event: EventAge) => number | undefined) | undefined;
}

export function createTryHistory(
  lease: Pick<HeldLease, "sweptThroughMs" | "uncleanMs"> | undefined,
  { swept, uncertainMs, nowMs, triedMs = () => undefined }: OwnFindings,
) {
  const sweptThroughMs = (event: EventAge) => {
    const own = swept();
    const isOwn = own !== undefined && event.atMs >= own.fromMs;
    const throughMs = latest(lease?.sweptThroughMs, isOwn ? own.throughMs : undefined);
    return latest(throughMs, triedMs(event));
  };
  // Without a lease there is no delivery history: every event is tried, and its target looked at first.
  const wasTried = (event: EventAge) =>
    lease === undefined || event.sinceMs <= sweptThroughMs(event);
  return {
    /** An earlier sweep has tried it, and it failed. */
    wasTried,
    /** An earlier sweep may have delivered it without deleting it. */
    mayBeDelivered: (event: EventAge): boolean =>
      wasTried(event) || event.atMs <= latest(lease?.uncleanMs, uncertainMs()),
    /** When its next try is due, if it failed and must wait for that; `undefined` if it may be tried now. */
    backsOffUntilMs(event: EventAge): number | undefined {
      const isUnknown = lease === undefined && triedMs(event) === undefined;
      if (isUnknown || !wasTried(event)) return undefined;
      const nextStepMs = event.isUndated ? nextUndatedTryMs : nextTryMs;
      const stepMs = nextStepMs(event.sinceMs, sweptThroughMs(event));
      return stepMs <= nowMs() ? undefined : stepMs;
    },
    /** The store's time. Tries are due by it. */
    nowMs,
  };
}

/** What is known of earlier tries, without a record of any single event. */
export type TryHistory = ReturnType<typeof createTryHistory>;

const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** 1 + 2 + 4 + 8 + 16 + 32 minutes: from here on each step is an hour. */
const STEADY_FROM_MS = 63 * 60_000;

/** When a failed event is tried next after `afterMs`. The pauses double from a minute to an hour, counted from `sinceMs`. */
export function nextTryMs(sinceMs: number, afterMs: number): number {
  const elapsedMs = afterMs - sinceMs;
  if (elapsedMs >= STEADY_FROM_MS) {
    const steps = Math.floor((elapsedMs - STEADY_FROM_MS) / LONGEST_PAUSE_MS) + 1;
    return sinceMs + STEADY_FROM_MS + steps * LONGEST_PAUSE_MS;
  }
  let stepMs = 0;
  for (let pauseMs = FIRST_PAUSE_MS; stepMs <= elapsedMs; pauseMs *= 2) stepMs += pauseMs;
  return sinceMs + stepMs;
}

/** Once a minute for an event without a believable time of writing: it may never have been tried. */
export function nextUndatedTryMs(sinceMs: number, afterMs: number): number {
  const steps = Math.floor((afterMs - sinceMs) / FIRST_PAUSE_MS) + 1;
  return sinceMs + steps * FIRST_PAUSE_MS;
}

/** When an event that fails at `nowMs` (store time) is tried next. */
export function tryAfterFailureMs({ sinceMs, isUndated }: EventAge, nowMs: number): number {
  const nextStepMs = isUndated ? nextUndatedTryMs : nextTryMs;
  return nextStepMs(sinceMs, Math.max(nowMs, sinceMs));
}

export interface SweptFacts {
  /** The end of the range, inclusive: what is due later belongs to another holder. */
  readonly untilMs: number;
  readonly startedMs: number;
  /** The store's clock then, or a little earlier. */
  readonly listedAtStoreMs: number | undefined;
  readonly unattemptedSinceMs: number | undefined;
  readonly isTruncated: boolean;
  /** The last event of the last page that was admitted as a whole. */
  readonly lastAdmitted: { readonly id: string; readonly atMs: number } | undefined;
  readonly codec: KeyCodec;
}

/** How much older a listing may be than the store's time says: an HTTP date has whole seconds. */
const LISTING_ERROR_MS = 2_000;

/** Returns up to which store time every event that was due and stored has been tried; `undefined` if that is unknown. */
export function sweptThroughMs(facts: SweptFacts): number | undefined {
  const { untilMs, startedMs, listedAtStoreMs, unattemptedSinceMs, isTruncated } = facts;
  const bounds = [
    untilMs,
    startedMs, // a clock that is behind has not seen what was due after this
    listedAtStoreMs === undefined ? undefined : listedAtStoreMs - LISTING_ERROR_MS,
    unattemptedSinceMs === undefined ? Number.POSITIVE_INFINITY : unattemptedSinceMs - 1,
    isTruncated ? admittedThroughMs(facts) : Number.POSITIVE_INFINITY,
  ];
  return bounds.every((bound) => bound !== undefined) ? Math.min(...bounds) : undefined;
}

/** Returns an instant before every event that follows the last admitted one; `undefined` if that is unknown. */
function admittedThroughMs({ lastAdmitted, codec }: SweptFacts): number | undefined {
  if (lastAdmitted === undefined) return undefined;
  const beforeMs = lastAdmitted.atMs - 1;
  return codec.after(beforeMs) <= lastAdmitted.id ? beforeMs : undefined;
}

function latest(one: number | undefined, other: number | undefined): number {
  return Math.max(one ?? Number.NEGATIVE_INFINITY, other ?? Number.NEGATIVE_INFINITY);
}

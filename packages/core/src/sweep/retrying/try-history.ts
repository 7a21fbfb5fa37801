import type { HeldLease } from "../../lease/held-lease.js";
import type { DueEvent } from "../due-event.js";
import { nextTryMs, nextUndatedTryMs } from "./back-off.js";

/** What of an event is asked about. */
type EventAge = Pick<DueEvent, "atMs" | "sinceMs" | "isUndated">;

/** What is known of earlier tries, without any record of single events. */
export interface TryHistory {
  /** An earlier sweep has tried it, and it failed. */
  wasTried(event: EventAge): boolean;
  /** An earlier sweep may have copied it without deleting it. */
  mayBeDelivered(event: EventAge): boolean;
  /** It failed and its next try is not due; `undefined` if it may be tried now. */
  backsOffUntilMs(event: EventAge): number | undefined;
}

/** Where sweepers don't share a lease nobody knows anything, so everything is tried, and looked up first. */
const NOTHING_IS_KNOWN: TryHistory = {
  wasTried: () => true,
  mayBeDelivered: () => true,
  backsOffUntilMs: () => undefined,
};

/** Every event due from `fromMs` on that was due and stored by `throughMs` (store time) has been tried. */
export interface OwnSweep {
  readonly fromMs: number;
  readonly throughMs: number;
}

/** What is known besides the lease: what this sweep itself has found out. */
export interface OwnFindings {
  readonly swept: () => OwnSweep | undefined;
  /** The youngest due instant of an event that this sweep may have copied without deleting it. */
  readonly uncertainMs: () => number | undefined;
  /** The store's time, for which tries are due. */
  readonly nowMs: () => number;
}

export function createTryHistory(lease: HeldLease | undefined, own: OwnFindings): TryHistory {
  if (lease === undefined) return NOTHING_IS_KNOWN;
  const sweptThroughMs = ({ atMs }: EventAge) => {
    const swept = own.swept();
    const isOwn = swept !== undefined && atMs >= swept.fromMs;
    return latest(lease.sweptThroughMs, isOwn ? swept.throughMs : undefined);
  };
  const wasTried = (event: EventAge) => event.sinceMs <= sweptThroughMs(event);
  return {
    wasTried,
    mayBeDelivered: (event) =>
      wasTried(event) || event.atMs <= latest(lease.uncleanMs, own.uncertainMs()),
    backsOffUntilMs(event) {
      if (!wasTried(event)) return undefined;
      const nextStepMs = event.isUndated ? nextUndatedTryMs : nextTryMs;
      const stepMs = nextStepMs(event.sinceMs, sweptThroughMs(event));
      return stepMs <= own.nowMs() ? undefined : stepMs;
    },
  };
}

function latest(one: number | undefined, other: number | undefined): number {
  return Math.max(one ?? Number.NEGATIVE_INFINITY, other ?? Number.NEGATIVE_INFINITY);
}

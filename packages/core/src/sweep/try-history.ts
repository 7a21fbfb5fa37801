import type { HeldLease } from "../lease/held-lease.js";
import { nextTryMs } from "./back-off.js";
import type { DueEvent } from "./due-event.js";

/** What of an event is asked about. */
type EventAge = Pick<DueEvent, "atMs" | "sinceMs">;

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

/** @param nowMs the store's time of this sweep's listing */
export function createTryHistory(lease: HeldLease | undefined, nowMs: number): TryHistory {
  if (lease === undefined) return NOTHING_IS_KNOWN;
  const wasTried = ({ sinceMs }: EventAge) =>
    lease.sweptThroughMs !== undefined && sinceMs <= lease.sweptThroughMs;
  return {
    wasTried,
    mayBeDelivered: (event) =>
      wasTried(event) || (lease.uncleanMs !== undefined && event.atMs <= lease.uncleanMs),
    backsOffUntilMs(event) {
      if (lease.sweptThroughMs === undefined || !wasTried(event)) return undefined;
      const stepMs = nextTryMs(event.sinceMs, lease.sweptThroughMs);
      return stepMs <= nowMs ? undefined : stepMs;
    },
  };
}

import type { ObjectStoreError } from "../../store/object-store-error.js";
import type { DueEvent } from "../due-event.js";
import type { DeadReason } from "../reporting/sweep-event.js";
import type { TryHistory } from "../retrying/try-history.js";

/** An event that is to be given up. */
export interface CondemnedEvent {
  readonly event: DueEvent;
  readonly reason: DeadReason;
  /** What its last try met. */
  readonly error: ObjectStoreError | undefined;
  /** The same in words, or why it had no try. */
  readonly why: string;
}

/** Gathers the events that are to be given up; what becomes of them is decided at the end of the sweep. */
export interface Condemned {
  /** False if there is no room for it: it is left for a later sweep. */
  add(condemned: CondemnedEvent): boolean;
  /** Those that failed for too long. */
  readonly aged: readonly CondemnedEvent[];
  /** Those that can never work. */
  readonly hopeless: readonly CondemnedEvent[];
  /** How many can never work, those without room included. */
  readonly hopelessCount: number;
  /** How many of these are outside `allowTargets`. */
  readonly refusedCount: number;
}

/** As many as are in memory on their way to a target. */
const MOST_KEPT = 10_000;

export function createCondemned(): Condemned {
  const aged: CondemnedEvent[] = [];
  const hopeless: CondemnedEvent[] = [];
  let hopelessCount = 0;
  let refusedCount = 0;
  return {
    add(condemned) {
      const isAged = condemned.reason === "max-age";
      if (!isAged) hopelessCount += 1;
      if (condemned.reason === "target-not-allowed") refusedCount += 1;
      const list = isAged ? aged : hopeless;
      if (list.length === MOST_KEPT) return false;
      list.push(condemned);
      return true;
    },
    aged,
    hopeless,
    get hopelessCount() {
      return hopelessCount;
    },
    get refusedCount() {
      return refusedCount;
    },
  };
}

/**
 * Why an event that has just failed is to be given up; `undefined` if it is to be tried again: a name that the store
 * can't have never works, anything else may be repaired until the event has been tried for `maxAgeMs`.
 */
export function deathReason(
  event: DueEvent,
  error: ObjectStoreError,
  { history, nowMs, maxAgeMs }: { history: TryHistory; nowMs: number; maxAgeMs: number },
): DeadReason | undefined {
  if (error.code === "invalid-key") return "target-invalid";
  const isOld = nowMs - event.sinceMs >= maxAgeMs;
  return isOld && history.wasTried(event) ? "max-age" : undefined;
}

const CIRCUIT_FROM = 100;

/**
 * The configuration must be wrong, and not the events: so many can never work, or `allowTargets` allows none of those
 * that are due, however few.
 */
export function isCircuitOpen({ hopelessCount, refusedCount }: Condemned, due: number): boolean {
  const isMost = hopelessCount > CIRCUIT_FROM && hopelessCount > due / 2;
  const allowsNone = refusedCount > 0 && refusedCount >= due;
  return isMost || allowsNone;
}

import type { DueEvent } from "../due-event.js";

/** Remembers what the next sweep must know of the events that this one leaves waiting, in a few numbers. */
export interface LeftBehind {
  /** It had its try. */
  tried(event: DueEvent): void;
  /** It had none: the sweep ended before. */
  untried(event: DueEvent): void;
  /** It had none, because an elder of its target failed; with the elder it goes, so the elder's tries are its own. */
  held(event: DueEvent): void;
  /**
   * It had none, because its target is not allowed as things are, and others are due. Their back-off goes on: anyone may
   * write many of these. Once it is allowed, it is tried at the next step of its own back-off.
   */
  refused(event: DueEvent): void;
  /** It had none: not yet. */
  postponed(event: DueEvent): void;
  /** It may stand at its target. */
  uncertain(event: DueEvent): void;
  /** Forgets all but what is uncertain: what waits is about to be looked at again. */
  forget(): void;
  readonly oldestDueAt: Date | undefined;
  readonly firstUntried: DueEvent | undefined;
  /** The earliest `sinceMs` of an event that had no try, those that are held or refused left out. */
  readonly unattemptedSinceMs: number | undefined;
  /** Every event had a try. */
  readonly isNothingUntried: boolean;
  /** The youngest due instant of an event that may stand at its target. */
  readonly uncertainMs: number | undefined;
}

export function createLeftBehind(): LeftBehind {
  let oldestMs: number | undefined;
  let firstUntried: DueEvent | undefined;
  let unattemptedSinceMs: number | undefined;
  let uncertainMs: number | undefined;
  let hasPassedOver = false;
  const tried = ({ atMs }: DueEvent) => {
    oldestMs = Math.min(atMs, oldestMs ?? atMs);
  };
  const postponed = (event: DueEvent) => {
    tried(event);
    unattemptedSinceMs = Math.min(event.sinceMs, unattemptedSinceMs ?? event.sinceMs);
  };
  const passedOver = (event: DueEvent) => {
    tried(event);
    hasPassedOver = true;
  };
  return {
    tried,
    postponed,
    held: passedOver,
    refused: passedOver,
    untried(event) {
      postponed(event);
      if (firstUntried === undefined || event.key < firstUntried.key) firstUntried = event;
    },
    uncertain({ atMs }) {
      uncertainMs = Math.max(atMs, uncertainMs ?? atMs);
    },
    forget() {
      oldestMs = undefined;
      firstUntried = undefined;
      unattemptedSinceMs = undefined;
      hasPassedOver = false;
    },
    get oldestDueAt() {
      return oldestMs === undefined ? undefined : new Date(oldestMs);
    },
    get firstUntried() {
      return firstUntried;
    },
    get unattemptedSinceMs() {
      return unattemptedSinceMs;
    },
    get isNothingUntried() {
      return unattemptedSinceMs === undefined && !hasPassedOver;
    },
    get uncertainMs() {
      return uncertainMs;
    },
  };
}

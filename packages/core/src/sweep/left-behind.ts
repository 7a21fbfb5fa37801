import type { DueEvent } from "./due-event.js";

/** Remembers what the next sweep must know of the events that this one leaves waiting, in a few numbers. */
export interface LeftBehind {
  /** It had its try. */
  tried(event: DueEvent): void;
  /** It had none: the sweep ended before. */
  untried(event: DueEvent): void;
  /** It had none: an elder event of its target failed, or its target is refused. */
  held(event: DueEvent): void;
  /** It may stand at its target. */
  uncertain(event: DueEvent): void;
  readonly oldestDueAt: Date | undefined;
  readonly firstUntried: DueEvent | undefined;
  /** The earliest `sinceMs` of an event without a try. */
  readonly unattemptedSinceMs: number | undefined;
  /** The youngest due instant of an event that may stand at its target. */
  readonly uncertainMs: number | undefined;
}

export function createLeftBehind(): LeftBehind {
  let oldestMs: number | undefined;
  let firstUntried: DueEvent | undefined;
  let unattemptedSinceMs: number | undefined;
  let uncertainMs: number | undefined;
  const tried = ({ atMs }: DueEvent) => {
    oldestMs = Math.min(atMs, oldestMs ?? atMs);
  };
  const held = (event: DueEvent) => {
    tried(event);
    unattemptedSinceMs = Math.min(event.sinceMs, unattemptedSinceMs ?? event.sinceMs);
  };
  return {
    tried,
    held,
    untried(event) {
      held(event);
      if (firstUntried === undefined || event.key < firstUntried.key) firstUntried = event;
    },
    uncertain({ atMs }) {
      uncertainMs = Math.max(atMs, uncertainMs ?? atMs);
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
    get uncertainMs() {
      return uncertainMs;
    },
  };
}

import type { DueEvent } from "./due-event.js";

/** What the next sweep must know of the events that this one leaves in the schedule, in a few numbers. Pure. */
export class EventsLeft {
  #unattemptedSinceMs: number | undefined;
  #uncertainMs: number | undefined;
  #hasPassedOver = false;

  /** It had no try: the sweep ended before, or its bucket fails slowly. */
  untried({ sinceMs }: DueEvent): void {
    this.#unattemptedSinceMs = Math.min(sinceMs, this.#unattemptedSinceMs ?? sinceMs);
  }

  /**
   * It had no try, but its back-off goes on. Blocked: it goes with the older event of its target, whose tries are its own.
   * Refused while other events are due: anyone may write many of these; once its target is allowed, it is tried at the next
   * step of its own back-off.
   */
  passedOver(): void {
    this.#hasPassedOver = true;
  }

  /** It may be at its target. */
  uncertain({ atMs }: DueEvent): void {
    this.#uncertainMs = Math.max(atMs, this.#uncertainMs ?? atMs);
  }

  /** The schedule is about to be listed again: forgets everything but what is uncertain. */
  forget(): void {
    this.#unattemptedSinceMs = undefined;
    this.#hasPassedOver = false;
  }

  /** The earliest `sinceMs` of an event that had no try, those passed over left out. */
  get unattemptedSinceMs(): number | undefined {
    return this.#unattemptedSinceMs;
  }

  /** Every event had a try. */
  get isNothingUntried(): boolean {
    return this.#unattemptedSinceMs === undefined && !this.#hasPassedOver;
  }

  /** The latest due instant of an event that may be at its target. */
  get uncertainMs(): number | undefined {
    return this.#uncertainMs;
  }
}

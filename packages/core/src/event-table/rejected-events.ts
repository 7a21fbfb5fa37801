import type { DeadLetterReason } from "../report/sweep-event.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import type { TrackedEvent } from "./tracked-event.js";

/** An event that is to be moved to the dead letters. */
export interface RejectedEvent {
  readonly tracked: TrackedEvent;
  readonly reason: DeadLetterReason;
  /** What its last try met. */
  readonly error: ObjectStoreError | undefined;
  /** The same in words, or why it had no try. */
  readonly message: string;
}

/** As many as are in memory on their way to a target. */
const MOST_KEPT = 10_000;
const CIRCUIT_FROM = 100;

/**
 * Collects the events that are to be moved to the dead letters; when the sweep ends, decides whether they really are. Pure
 * and synchronous.
 */
export class RejectedEvents {
  /** Events that failed for longer than `maxAge`. */
  readonly #aged: RejectedEvent[] = [];
  /** Events that can never work. */
  readonly #hopeless: RejectedEvent[] = [];
  #withoutRoom = 0;
  #hopelessCount = 0;
  #refusedCount = 0;

  /** Returns false if there is no room for it: it stays for a later sweep. */
  add(rejected: RejectedEvent): boolean {
    const isAged = rejected.reason === "max-age";
    const list = isAged ? this.#aged : this.#hopeless;
    const hasRoom = list.length < MOST_KEPT;
    if (!isAged) this.#hopelessCount += 1;
    if (rejected.reason === "target-not-allowed") {
      this.#refusedCount += 1;
      if (!hasRoom) this.#withoutRoom += 1;
    }
    if (!hasRoom) return false;
    rejected.tracked.state = "rejected";
    list.push(rejected);
    return true;
  }

  /** The schedule is about to be listed again: the events for which there was no room are met again. */
  forgetWithoutRoom(): void {
    this.#hopelessCount -= this.#withoutRoom;
    this.#refusedCount -= this.#withoutRoom;
    this.#withoutRoom = 0;
  }

  /**
   * Whether the configuration must be wrong, and not the events: many can never work, or `allowTargets` allows none of
   * those that are due, however few.
   */
  isCircuitOpen(dueCount: number): boolean {
    const isMost = this.#hopelessCount > CIRCUIT_FROM && this.#hopelessCount > dueCount / 2;
    return isMost || (this.#refusedCount > 0 && this.isNothingElseDue(dueCount));
  }

  isNothingElseDue(dueCount: number): boolean {
    return this.#refusedCount >= dueCount;
  }

  /** Removes and returns the events that can never work. */
  takeHopeless(): readonly RejectedEvent[] {
    return this.#hopeless.splice(0);
  }

  /** Removes and returns the next event to move to the dead letters. */
  take(): RejectedEvent | undefined {
    const next = this.#hopeless.shift() ?? this.#aged.shift();
    if (next !== undefined) next.tracked.state = "dead-lettering";
    return next;
  }
}

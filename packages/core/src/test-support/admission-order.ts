import type { DueEvent } from "../event-table/due-event.js";

/** Remembers in which order events were admitted, and checks that none overtakes an older event of its target. */
export class AdmissionOrder {
  /** At which step an event was admitted for the first time. */
  readonly #admittedAt = new Map<DueEvent, number>();
  /** Written so late that a newer event of its target may have started: its order is not certain. */
  readonly #late = new Set<DueEvent>();

  /** `latestMs`: the latest time so far, when newer events may have started. */
  admitted(event: DueEvent, latestMs: number): void {
    if (this.#admittedAt.has(event)) return;
    const earlier = [...this.#admittedAt.keys()];
    this.#admittedAt.set(event, earlier.length);
    if (earlier.some((other) => isOlder(event, other) && other.atMs <= latestMs)) {
      this.#late.add(event);
    }
  }

  /** No older event of the target that was admitted before this one may still be in the schedule. */
  check(event: DueEvent, stored: Iterable<DueEvent>): void {
    const admittedAt = this.#admittedAt.get(event) ?? 0;
    for (const older of stored) {
      const olderAdmittedAt = this.#admittedAt.get(older) ?? Number.POSITIVE_INFINITY;
      const isFirst = olderAdmittedAt < admittedAt && !this.#late.has(older);
      if (isFirst && isOlder(older, event)) throw new Error(`${event.key} overtakes ${older.key}`);
    }
  }
}

function isOlder(event: DueEvent, other: DueEvent): boolean {
  return event.target === other.target && event.key < other.key;
}

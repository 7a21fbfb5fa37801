import type { DueEvent } from "./due-event.js";
import { oldestSinceMs } from "./upcoming-events.js";

/** Removing fewer taken events from the array at the same time costs more than it saves. */
const LEAST_TO_TRIM = 64;

/** Events that may start, in the order of their arrival. */
export class EventQueue {
  readonly #events: DueEvent[] = [];
  /** The events before it were taken: `Array.shift` for each of them costs 3 % of a delivery. */
  #head = 0;

  get size(): number {
    return this.#events.length - this.#head;
  }

  get sinceMs(): number {
    return oldestSinceMs(this.#events.slice(this.#head));
  }

  add(event: DueEvent): void {
    this.#events.push(event);
  }

  addFirst(event: DueEvent): void {
    this.#events.splice(this.#head, 0, event);
  }

  take(): DueEvent | undefined {
    const first = this.#events[this.#head];
    if (first === undefined) return undefined;
    this.#head += 1;
    if (this.#head >= LEAST_TO_TRIM && this.#head * 2 >= this.#events.length) {
      this.#events.splice(0, this.#head);
      this.#head = 0;
    }
    return first;
  }

  /** Removes and returns the event that came last. */
  takeLast(): DueEvent | undefined {
    return this.size === 0 ? undefined : this.#events.pop();
  }

  clear(): readonly DueEvent[] {
    const waiting = this.#events.slice(this.#head);
    this.#events.length = 0;
    this.#head = 0;
    return waiting;
  }
}

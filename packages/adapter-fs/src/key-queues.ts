import { type Steps, waitFor } from "./steps.js";

/** Lets the calls of this process that ask for the same key go on one after another, in the order in which they asked. */
export class KeyQueues {
  /** What waits for each key that a call has. */
  readonly #waiting = new Map<string, (() => void)[]>();

  /** `keys` must be sorted, so that two calls never wait for each other. */
  *enter(keys: readonly string[]): Steps<void> {
    for (const key of keys) {
      const queue = this.#waiting.get(key);
      if (queue === undefined) this.#waiting.set(key, []);
      else yield* waitFor(new Promise<void>((resolve) => queue.push(resolve)));
    }
  }

  leave(keys: readonly string[]): void {
    for (const key of keys) {
      const next = this.#waiting.get(key)?.shift();
      if (next === undefined) this.#waiting.delete(key);
      else next();
    }
  }
}

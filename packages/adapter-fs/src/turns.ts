import { setImmediate } from "node:timers";
import type { Steps } from "./steps.js";

/** How long one turn starts further work. After it, the timers and sockets of the process have their turn. */
const TURN_MS = 4;

/** Captured, so that the fake timers of a user's test don't stop the store. */
const afterInput = setImmediate;

/**
 * Runs the work of a store in turns of the event loop. One turn runs everything that has been asked for before it, each until
 * it ends or waits. So work of one turn can share what was checked in this turn, and what is done once at its end.
 */
export class Turns {
  #queue: (() => void)[] = [];
  #isPlanned = false;
  #ends: (() => void)[] = [];
  #number = 0;

  /** The current turn. What was checked in it was checked after its work had been asked for. */
  get number(): number {
    return this.#number;
  }

  run<T>(steps: Steps<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const work = steps[Symbol.iterator]();
      const advance = (next: () => IteratorResult<Promise<unknown>, T>) => {
        try {
          const { done, value } = next();
          if (done) return resolve(value);
          value.then(
            (result) => this.#plan(() => advance(() => work.next(result))),
            (error: unknown) => this.#plan(() => advance(() => thrown(work, error))),
          );
        } catch (error) {
          reject(error);
        }
      };
      this.#plan(() => advance(() => work.next()));
    });
  }

  /** Resolves when all work of this turn has run as far as it can. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#ends.push(resolve);
      this.#planTurn();
    });
  }

  #plan(work: () => void): void {
    this.#queue.push(work);
    this.#planTurn();
  }

  #planTurn(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    afterInput(this.#turn);
  }

  readonly #turn = (): void => {
    this.#isPlanned = false;
    this.#number += 1;
    const endMs = performance.now() + TURN_MS;
    const queue = this.#queue;
    this.#queue = [];
    let done = 0;
    for (const work of queue) {
      work();
      done += 1;
      if (performance.now() > endMs) break;
    }
    if (done < queue.length) {
      this.#queue = [...queue.slice(done), ...this.#queue];
      this.#planTurn();
    }
    const ends = this.#ends;
    this.#ends = [];
    for (const end of ends) end();
  };
}

/** Throws an error into work at the point where it waits. */
function thrown<T>(
  work: Iterator<Promise<unknown>, T, unknown>,
  error: unknown,
): IteratorResult<Promise<unknown>, T> {
  if (work.throw === undefined) throw error;
  return work.throw(error);
}

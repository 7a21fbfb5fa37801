/**
 * Work that runs without a pause, except where it yields a promise: it goes on when that has settled. So the same code makes
 * its system calls synchronously on a local disk and asynchronously in a network folder.
 */
export type Steps<T> = Iterable<Promise<unknown>, T, unknown>;

/** Pauses the work until a promise has settled. */
export function* waitFor<T>(promise: Promise<T>): Steps<T> {
  return (yield promise) as T;
}

/** Steps that have ended without a pause. One object, because a generator for each system call costs as much as a short call. */
export class Ended<T> implements Steps<T>, Iterator<never, T>, IteratorReturnResult<T> {
  readonly done = true;
  readonly value: T;

  constructor(value: T) {
    this.value = value;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): this {
    return this;
  }
}

/** Steps that have failed: they throw the error when they are gone through. */
export class Failed implements Steps<never>, Iterator<never, never> {
  readonly #error: unknown;

  constructor(error: unknown) {
    this.#error = error;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): never {
    throw this.#error;
  }
}

/** What a caller that goes on need not look at. */
export const YES = new Ended(true);

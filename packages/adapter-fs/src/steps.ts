/**
 * Work that runs without a pause, except where it yields a promise: it goes on when that has settled. So the same code makes
 * its system calls synchronously on a local disk and asynchronously in a network folder.
 */
export type Steps<T> = Generator<Promise<unknown>, T, unknown>;

/** Pauses the work until a promise has settled. */
export function* waitFor<T>(promise: Promise<T>): Steps<T> {
  return (yield promise) as T;
}

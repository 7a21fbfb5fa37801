import { onAbort } from "@keywhen/core/internal";

/** Waits for work, but no longer than until the signal aborts. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const unsubscribe = onAbort(signal, () => reject(signal.reason));
    const settle =
      <V>(how: (value: V) => void) =>
      (value: V) => {
        unsubscribe();
        how(value);
      };
    work.then(settle(resolve), settle(reject));
  });
}

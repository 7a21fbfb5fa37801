import { aborted, throwIfAborted } from "./store-errors.js";

/** The result of a step, or `aborted` as soon as the caller gives up; the step itself can't be stopped. */
export async function unlessAborted<T>(
  signal: AbortSignal | undefined,
  step: Promise<T>,
): Promise<T> {
  if (signal === undefined) return step;
  // Whoever waits no longer wants to hear of a late failure.
  step.catch(() => {});
  throwIfAborted(signal);
  let giveUp = () => {};
  const abort = new Promise<never>((_, reject) => {
    giveUp = () => reject(aborted(signal));
    signal.addEventListener("abort", giveUp, { once: true });
  });
  try {
    return await Promise.race([step, abort]);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

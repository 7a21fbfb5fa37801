/**
 * A set for objects that are added and removed by the thousand. A `Set` replaces its table many times, and each old table
 * refers to the next one. V8 therefore keeps everything that was ever in the set until the next full collection. Every
 * delivery, with its closures and promises, was copied into the old generation. That took a tenth of a sweep's CPU.
 */
export interface SlotTable<T> extends Iterable<T> {
  readonly size: number;
  /** Returns the slot that the value holds until it is removed. */
  add(value: T): number;
  /** Does nothing if the value has been removed already. */
  remove(slot: number, value: T): void;
}

/** Iterates in no order. It skips values that are removed during the iteration, and may skip values that are added. */
export function createSlotTable<T extends object>(): SlotTable<T> {
  const slots: (T | undefined)[] = [];
  const free: number[] = [];
  return {
    get size() {
      return slots.length - free.length;
    },
    add(value) {
      const slot = free.pop() ?? slots.length;
      slots[slot] = value;
      return slot;
    },
    remove(slot, value) {
      if (slots[slot] !== value) return;
      slots[slot] = undefined;
      free.push(slot);
    },
    *[Symbol.iterator]() {
      for (const value of slots) if (value !== undefined) yield value;
    },
  };
}

const callbacksOf = new WeakMap<AbortSignal, SlotTable<() => void>>();

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
  const slot = callbacks.add(callback);
  return () => callbacks.remove(slot, callback);
}

function listen(signal: AbortSignal): SlotTable<() => void> {
  const callbacks = createSlotTable<() => void>();
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

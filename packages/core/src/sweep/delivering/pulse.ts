/** Wakes whoever waits for the next change. */
export interface Pulse {
  next(): Promise<void>;
  notify(): void;
}

export function createPulse(): Pulse {
  let wake: (() => void) | undefined;
  let next: Promise<void> | undefined;
  return {
    next() {
      next ??= new Promise((resolve) => {
        wake = resolve;
      });
      return next;
    },
    notify() {
      wake?.();
      wake = undefined;
      next = undefined;
    },
  };
}

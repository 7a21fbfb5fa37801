/** Wakes whoever waits for the next change. */
export interface Pulse {
  next(): Promise<void>;
  notify(): void;
}

export function createPulse(): Pulse {
  let wake = () => {};
  let next = Promise.resolve();
  const renew = () => {
    next = new Promise((resolve) => {
      wake = resolve;
    });
  };
  renew();
  return {
    next: () => next,
    notify() {
      wake();
      renew();
    },
  };
}

/** Is told which events a sweep takes in hand. */
export interface Hands {
  take(key: string): void;
  /** It has left the schedule, or waits for another try. */
  release(key: string): void;
}

/**
 * Which events a sweep has in hand, so that one which lists again and again takes none in twice. What is released stays in
 * hand until the pass has ended: a page may have been listed before.
 */
export interface InHand extends Hands {
  has(key: string): boolean;
  newPass(): void;
}

export function createInHand(): InHand {
  const taken = new Set<string>();
  const released = new Set<string>();
  return {
    has: (key) => taken.has(key) || released.has(key),
    take: (key) => void taken.add(key),
    release(key) {
      taken.delete(key);
      released.add(key);
    },
    newPass: () => released.clear(),
  };
}

/** For a sweep that lists every key once. */
export const LISTS_ONCE: Hands = { take: () => {}, release: () => {} };

/**
 * Which events a sweep has in hand, so that one which lists again and again takes none in twice.
 */
export interface InHand {
  has(key: string): boolean;
  take(key: string): void;
  /**
   * It has left the schedule, or waits for another try. Until the pass has ended it stays in hand: a page may have been
   * listed before.
   */
  release(key: string): void;
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
export const LISTS_ONCE: InHand = {
  has: () => false,
  take: () => {},
  release: () => {},
  newPass: () => {},
};

/** How many copies may be under way in all, where several places are swept at once. */
export interface CopySlots {
  /** The most that were taken at once. */
  readonly reached: number;
  /** Takes one. If none is free, `onFree` is called once when it is worth another try; in turn with others who wait. */
  take(onFree: () => void): boolean;
  free(): void;
}

/** One place has its own limit, and needs no other. */
export const NO_BOUND: CopySlots = { reached: 0, take: () => true, free() {} };

export function createCopySlots(most: number): CopySlots {
  const waiting = new Set<() => void>();
  let taken = 0;
  let reached = 0;
  return {
    get reached() {
      return reached;
    },
    take(onFree) {
      if (taken >= most) {
        waiting.add(onFree);
        return false;
      }
      taken += 1;
      reached = Math.max(reached, taken);
      return true;
    },
    free() {
      taken -= 1;
      for (const next of waiting) {
        if (taken >= most) return;
        waiting.delete(next); // perhaps it takes none; if it takes one and wants more, it comes last
        next();
      }
    },
  };
}

/**
 * A set of what comes and goes by the thousand. A `Set` replaces its table again and again as it does, each old table
 * points to the next, and so V8 keeps all that ever was in it until the next full collection: every delivery, with its
 * closures and promises, was copied into the old generation, which took a tenth of a sweep's CPU.
 */
export interface SlotTable<T> extends Iterable<T> {
  readonly size: number;
  /** Gives the slot that the value holds until it is removed. */
  add(value: T): number;
  /** Does nothing if the value has been removed already. */
  remove(slot: number, value: T): void;
}

/** In no order; what is added while it is walked through may come or not, what is removed doesn't. */
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

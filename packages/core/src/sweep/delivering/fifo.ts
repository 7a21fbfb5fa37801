/** What waits in line: first come, first served. `Array.shift` trims the array each time, which costs 3 % of a delivery. */
export interface Fifo<T> extends Iterable<T> {
  readonly size: number;
  add(item: T): void;
  addFirst(item: T): void;
  /** The next one, taken out; `undefined` if none waits. */
  take(): T | undefined;
  /** Takes all of them out. */
  clear(): readonly T[];
}

/** Fewer of those that were taken are not worth the trouble. */
const LEAST_TO_DROP = 64;

export function createFifo<T extends object>(): Fifo<T> {
  const items: T[] = [];
  let head = 0; // before it, those that were taken
  return {
    get size() {
      return items.length - head;
    },
    add: (item) => void items.push(item),
    addFirst: (item) => void items.splice(head, 0, item),
    take() {
      const item = items[head];
      if (item === undefined) return undefined;
      head += 1;
      if (head >= LEAST_TO_DROP && head * 2 >= items.length) {
        items.splice(0, head);
        head = 0;
      }
      return item;
    },
    clear: () => items.splice(head),
    [Symbol.iterator]: () => items.slice(head).values(),
  };
}

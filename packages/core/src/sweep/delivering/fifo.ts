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

/** Fewer places of those that were taken are not worth the trouble. */
const LEAST_TO_DROP = 64;

export function createFifo<T extends object>(): Fifo<T> {
  let items: (T | undefined)[] = [];
  let head = 0; // before it, places of those that were taken
  const waiting = () => items.slice(head).filter((item) => item !== undefined);
  return {
    get size() {
      return items.length - head;
    },
    add: (item) => void items.push(item),
    addFirst(item) {
      if (head === 0) items.unshift(item);
      else items[--head] = item;
    },
    take() {
      const item = items[head];
      if (item === undefined) return undefined;
      items[head] = undefined;
      head += 1;
      if (head >= LEAST_TO_DROP && head * 2 >= items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
    clear() {
      const cleared = waiting();
      items = [];
      head = 0;
      return cleared;
    },
    [Symbol.iterator]: () => waiting()[Symbol.iterator](),
  };
}

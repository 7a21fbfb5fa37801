/** A heap: keeps many items and returns them in ascending `order`, without sorting items that are not taken. */
export interface SmallestFirst<T extends Ordered> {
  add(items: readonly T[]): void;
  take(): T | undefined;
}

export interface Ordered {
  readonly order: string;
}

export function smallestFirst<T extends Ordered>(): SmallestFirst<T> {
  const heap: T[] = [];
  const before = (a: number, b: number) => {
    const [left, right] = [heap[a], heap[b]];
    return left !== undefined && (right === undefined || left.order < right.order);
  };
  const swap = (a: number, b: number) => {
    [heap[a], heap[b]] = [heap[b] as T, heap[a] as T];
  };
  const rise = (from: number) => {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!before(at, parent)) return;
      swap(at, parent);
      at = parent;
    }
  };
  const sink = () => {
    for (let at = 0; ; ) {
      const child = before(2 * at + 2, 2 * at + 1) ? 2 * at + 2 : 2 * at + 1;
      if (!before(child, at)) return;
      swap(at, child);
      at = child;
    }
  };
  return {
    add: (items) => {
      for (const item of items) rise(heap.push(item) - 1);
    },
    take: () => {
      const first = heap[0];
      const last = heap.pop();
      if (heap.length > 0 && last !== undefined) {
        heap[0] = last;
        sink();
      }
      return first;
    },
  };
}

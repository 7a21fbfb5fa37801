/** Time that goes from one planned action to the next. */
export interface VirtualTime {
  /** Epoch milliseconds of the true time, which is the store's. */
  now(): number;
  /** Actions of one instant run in the order of their planning. */
  at(atMs: number, action: () => void): Planned;
  /** Runs what is planned until `isOver` or nothing is left; what wakes comes to rest before time goes on. */
  run(isOver: () => boolean): Promise<void>;
}

/** What will happen, unless it is taken back. */
export class Planned {
  readonly atMs: number;
  readonly sequence: number;
  action: (() => void) | undefined;

  constructor(atMs: number, sequence: number, action: () => void) {
    this.atMs = atMs;
    this.sequence = sequence;
    this.action = action;
  }

  takeBack(): void {
    this.action = undefined;
  }
}

export function virtualTime(startMs: number): VirtualTime {
  const heap: Planned[] = [];
  let nowMs = startMs;
  let sequence = 0;
  return {
    now: () => nowMs,
    at(atMs, action) {
      sequence += 1;
      const planned = new Planned(Math.max(nowMs, Math.ceil(atMs)), sequence, action);
      push(heap, planned);
      return planned;
    },
    run: (isOver) =>
      new Promise((resolve, reject) => {
        const step = () => {
          try {
            const next = isOver() ? undefined : nextOf(heap);
            if (next?.action === undefined) return resolve();
            nowMs = next.atMs;
            next.action();
            setImmediate(step); // after every microtask that the action set off
          } catch (error) {
            reject(error);
          }
        };
        setImmediate(step);
      }),
  };
}

/** Most timers are taken back, and to visit each would double the time. */
function nextOf(heap: Planned[]): Planned | undefined {
  for (;;) {
    const next = pop(heap);
    if (next === undefined || next.action !== undefined) return next;
  }
}

function isBefore(left: Planned, right: Planned): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.sequence < right.sequence);
}

function push(heap: Planned[], entry: Planned): void {
  let index = heap.length;
  heap.push(entry);
  while (index > 0) {
    const above = (index - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(entry, parent)) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = entry;
}

function pop(heap: Planned[]): Planned | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return first;
  let index = 0;
  for (;;) {
    const child = smallerChild(heap, index);
    const entry = heap[child];
    if (entry === undefined || !isBefore(entry, last)) break;
    heap[index] = entry;
    index = child;
  }
  heap[index] = last;
  return first;
}

function smallerChild(heap: readonly Planned[], index: number): number {
  const left = heap[2 * index + 1];
  const right = heap[2 * index + 2];
  return left !== undefined && right !== undefined && isBefore(right, left)
    ? 2 * index + 2
    : 2 * index + 1;
}

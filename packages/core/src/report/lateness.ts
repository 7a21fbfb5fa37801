/** How late deliveries began, in milliseconds. */
export interface LatenessMs {
  readonly min: number;
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

export interface LatenessHistogram {
  record(latenessMs: number): void;
  /** `undefined` as long as nothing is recorded. */
  summary(): LatenessMs | undefined;
}

/** Values below this have a bucket each; above, a bucket spans less than 1/64 of its value. */
const EXACT_BELOW = 128;

/**
 * Sums up any number of values in bounded memory: `min` and `max` are exact, the others at most 1.6 % low.
 */
export function createLatenessHistogram(): LatenessHistogram {
  const counts = new Map<number, number>();
  let total = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  return {
    record(latenessMs) {
      const value = Math.max(0, Math.round(latenessMs));
      const floor = bucketFloor(value);
      counts.set(floor, (counts.get(floor) ?? 0) + 1);
      total += 1;
      min = Math.min(min, value);
      max = Math.max(max, value);
    },
    summary() {
      if (total === 0) return undefined;
      const floors = [...counts].sort(([left], [right]) => left - right);
      const at = (share: number) => Math.max(min, valueAtRank(floors, Math.ceil(share * total)));
      return { min, median: at(0.5), p99: at(0.99), max };
    },
  };
}

/** The smallest value of the bucket that a value falls into. */
function bucketFloor(value: number): number {
  let width = 1;
  while (value >= EXACT_BELOW * width) width *= 2;
  return Math.floor(value / width) * width;
}

function valueAtRank(floors: readonly [number, number][], rank: number): number {
  let [seen, value] = [0, 0];
  for (const [floor, count] of floors) {
    if (seen >= rank) break;
    seen += count;
    value = floor;
  }
  return value;
}

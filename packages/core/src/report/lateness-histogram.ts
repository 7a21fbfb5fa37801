import type { LatenessMs } from "./sweep-report.js";

/** Values below this have a bucket each; above, a bucket spans less than 1/64 of its value. */
const EXACT_BELOW = 128;

/** Sums up any number of values in bounded memory: `min` and `max` are exact, the others at most 1.6 % low. */
export class LatenessHistogram {
  readonly #counts = new Map<number, number>();
  #total = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;

  record(latenessMs: number): void {
    const value = Math.max(0, Math.round(latenessMs));
    const floor = bucketFloor(value);
    this.#counts.set(floor, (this.#counts.get(floor) ?? 0) + 1);
    this.#total += 1;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  summary(): LatenessMs | undefined {
    if (this.#total === 0) return undefined;
    return { min: this.#min, median: this.#at(0.5), p99: this.#at(0.99), max: this.#max };
  }

  /** The value below which this share of the values is. */
  #at(share: number): number {
    const rank = Math.ceil(share * this.#total);
    let [seen, value] = [0, 0];
    for (const [floor, count] of [...this.#counts].sort(([one], [other]) => one - other)) {
      if (seen >= rank) break;
      seen += count;
      value = floor;
    }
    return Math.max(this.#min, value);
  }
}

function bucketFloor(value: number): number {
  let width = 1;
  while (value >= EXACT_BELOW * width) width *= 2;
  return Math.floor(value / width) * width;
}

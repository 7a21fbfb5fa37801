/** Pages of keys that a search reads at the same time. */
export const READ_AT_ONCE = 16;

/** A part of the ids under one prefix: those that sort after `after` and, if given, before `end`. */
export interface IdRange<Prefix> {
  readonly under: Prefix;
  readonly after: string;
  readonly end: string | undefined;
  /** The instant at which it ends, at most a millisecond after the last one that a key can hold. */
  readonly endMs: number;
}

/** The end of a page that does not end its range, and the due instants of its first and its last event, if it has any. */
export interface PageEnd {
  readonly lastId: string;
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
}

/** A rest that is shorter than that many pages, if it is as dense as the last page, is not split. */
const SHORTEST_SPLIT_PAGES = 4;
/** No range begins further ahead than that many times what has been read: it would probably be empty. */
const LONGEST_JUMP = 8;
/** Each split may cost one LIST. These are free, and others need this many full pages each. */
const FREE_SPLITS = 16;
const PAGES_PER_SPLIT = 8;

/**
 * Decides what a search lists next. Nothing is known of how events are spread over time, so it begins with one range for each
 * prefix. When a slot is free and a full page was read, it splits the rest of that page's range. The ranges always cover each id
 * exactly once. n full pages need at most n × 9/8 + 16 LISTs, and one for each prefix.
 */
export class SearchPlan<Prefix> {
  readonly #waiting: IdRange<Prefix>[];
  readonly #before: (atMs: number) => string;
  #reading = 0;
  #fullPages = 0;
  #splits = 0;

  /** `before` gives a text that sorts before the id of every event that is due at an instant or later. */
  constructor(ranges: readonly IdRange<Prefix>[], before: (atMs: number) => string) {
    this.#waiting = [...ranges];
    this.#before = before;
  }

  /** The range whose next page is to be read now; `undefined` if none waits or no slot is free. */
  next(): IdRange<Prefix> | undefined {
    if (this.#reading === READ_AT_ONCE) return undefined;
    const range = this.#waiting.shift();
    if (range !== undefined) this.#reading += 1;
    return range;
  }

  /** A page of a range was read: the last one if `page` is `undefined`. */
  read(range: IdRange<Prefix>, page: PageEnd | undefined): void {
    this.#reading -= 1;
    if (page === undefined) return;
    this.#fullPages += 1;
    const rest = { ...range, after: page.lastId };
    const split = this.#maySplit() ? this.#splitOf(rest, page) : undefined;
    if (split === undefined) {
      this.#waiting.push(rest);
      return;
    }
    this.#splits += 1;
    this.#waiting.push({ ...rest, ...split }, { ...rest, after: split.end });
  }

  #maySplit(): boolean {
    if (this.#splits >= FREE_SPLITS + Math.floor(this.#fullPages / PAGES_PER_SPLIT)) return false;
    return this.#reading + this.#waiting.length + 2 <= READ_AT_ONCE;
  }

  /** Halfway, if that is not too far ahead; after a page of one instant, where that instant ends. */
  #splitOf(
    rest: IdRange<Prefix>,
    { lastId, firstMs, lastMs }: PageEnd,
  ): { readonly end: string; readonly endMs: number } | undefined {
    if (firstMs === undefined || lastMs === undefined) return undefined;
    const pageMs = Math.max(0, lastMs - firstMs);
    const restMs = rest.endMs - lastMs;
    if (restMs < pageMs * SHORTEST_SPLIT_PAGES) return undefined;
    const aheadMs = Math.min(restMs / 2, pageMs * this.#fullPages * LONGEST_JUMP);
    const endMs = lastMs + Math.max(1, Math.round(aheadMs));
    if (endMs >= rest.endMs) return undefined;
    const end = this.#before(endMs);
    const isInside = end > lastId && (rest.end === undefined || end < rest.end);
    return isInside ? { end, endMs } : undefined;
  }
}

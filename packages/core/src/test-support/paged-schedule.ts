import type { DueEvent } from "../event-table/due-event.js";

const PAGE_SIZE = 3;

/** The events in a schedule, and a listing of them, page by page: a page that was read does not show what changes after that. */
export class PagedSchedule {
  readonly #stored = new Map<string, DueEvent>();
  /** Listed, but not taken yet. */
  #page: DueEvent[] = [];
  #readThrough = "";
  #isReadToEnd = false;
  #isListing = true;

  get stored(): Iterable<DueEvent> {
    return this.#stored.values();
  }

  has(key: string): boolean {
    return this.#stored.has(key);
  }

  add(event: DueEvent): void {
    this.#stored.set(event.key, event);
  }

  remove(key: string): void {
    this.#stored.delete(key);
  }

  startListing(): void {
    this.#page = [];
    this.#readThrough = "";
    this.#isReadToEnd = false;
    this.#isListing = true;
  }

  /** Nothing more is taken of this listing. */
  endListing(): void {
    this.#page = [];
    this.#isListing = false;
  }

  /** Every event of the listing in progress has been taken. */
  get isListed(): boolean {
    return this.#isListing && this.#isReadToEnd && this.#page.length === 0;
  }

  readPage(): void {
    if (!this.#isListing) return;
    const keys = [...this.#stored.keys()].filter((key) => key > this.#readThrough).sort();
    const read = keys.slice(0, PAGE_SIZE);
    this.#readThrough = read.at(-1) ?? this.#readThrough;
    this.#isReadToEnd = keys.length <= PAGE_SIZE;
    this.#page.push(...read.flatMap((key) => this.#stored.get(key) ?? []));
  }

  /** Reads one page from after a key; `lastKey` is undefined if nothing follows it. */
  pageAfter(startAfter: string): {
    readonly events: readonly DueEvent[];
    readonly lastKey: string | undefined;
  } {
    const keys = [...this.#stored.keys()].filter((key) => key > startAfter).sort();
    const read = keys.slice(0, PAGE_SIZE);
    return {
      events: read.flatMap((key) => this.#stored.get(key) ?? []),
      lastKey: keys.length > PAGE_SIZE ? read.at(-1) : undefined,
    };
  }

  /** The next event of the pages that were read. */
  takeListed(): DueEvent | undefined {
    return this.#page.shift();
  }
}

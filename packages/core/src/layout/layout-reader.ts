import { canShard } from "../codec/shard.js";
import type { ResolvedHome } from "../options/home.js";
import type { ObjectStore } from "../store/object-store.js";
import { isStoreError } from "../store/object-store-error.js";
import { type Stopwatch, startStopwatch } from "../time/stopwatch.js";
import { ANY_SHARDS, type Layout, UNSHARDED, withNumber } from "./layout.js";
import { readLayoutObject, unreadableLayout } from "./layout-object.js";

/** How long a layout is believed: half of how long before its use a new number is announced. */
export const REREAD_MS = 600_000;

export interface SweepReading {
  readonly signal: AbortSignal | undefined;
  /** The schedule's store, as this sweep uses it. */
  readonly store: ObjectStore;
  /** Called once for each reading if the object is no layout. */
  readonly onUnreadable: () => void;
}

interface LastReading {
  readonly layout: Layout | undefined;
  readonly ageMs: Stopwatch;
}

/** Reads the layout when it is first needed, and again every 10 minutes: a GET each time. */
export class LayoutReader {
  readonly #home: ResolvedHome;
  #last: LastReading | undefined;
  #reading: Promise<LastReading> | undefined;

  constructor(home: ResolvedHome) {
    this.#home = home;
  }

  /** For a caller that looks for one event or writes one; throws if the layout can't be read. */
  async read(signal?: AbortSignal): Promise<Layout> {
    if (!canShard(this.#home.codec)) return UNSHARDED;
    const { layout } = this.#fresh ?? (await this.#readOnce(signal));
    if (layout === undefined) {
      this.#last = undefined; // it may be repaired any time
      throw unreadableLayout(this.#home);
    }
    return this.#withOwnNumber(layout);
  }

  /**
   * For sweepers, which must miss no event: if the object is no layout, returns all shards that there can be; if it can't be
   * read now, what it said last. Throws if it was never read.
   */
  async readToSweep({ store, signal, onUnreadable }: SweepReading): Promise<Layout> {
    if (!canShard(this.#home.codec)) return UNSHARDED;
    const known = this.#fresh;
    const { layout } = known ?? (await this.#refreshOrKeep(store, signal));
    if (known === undefined && layout === undefined) onUnreadable();
    return this.#withOwnNumber(layout ?? ANY_SHARDS);
  }

  get #fresh(): LastReading | undefined {
    return this.#last !== undefined && this.#last.ageMs() < REREAD_MS ? this.#last : undefined;
  }

  /** One reading for all calls that need it at the same time. */
  async #readOnce(signal: AbortSignal | undefined): Promise<LastReading> {
    while (this.#reading !== undefined) await this.#reading.catch(() => {}); // thrown to the call that started it
    if (this.#fresh !== undefined) return this.#fresh;
    this.#reading = this.#refresh(this.#home.store, signal);
    try {
      return await this.#reading;
    } finally {
      this.#reading = undefined;
    }
  }

  /** An old layout is better than none: the next sweep reads it again. */
  async #refreshOrKeep(store: ObjectStore, signal: AbortSignal | undefined): Promise<LastReading> {
    try {
      return await this.#refresh(store, signal);
    } catch (error) {
      if (this.#last === undefined || !isStoreError(error) || !error.retryable) throw error;
      return this.#last;
    }
  }

  async #refresh(store: ObjectStore, signal: AbortSignal | undefined): Promise<LastReading> {
    const ageMs = startStopwatch(this.#home.clock);
    const layout = await readLayoutObject({ ...this.#home, store, signal });
    this.#last = { layout, ageMs };
    return this.#last;
  }

  #withOwnNumber(layout: Layout): Layout {
    const { shards } = this.#home;
    return shards === "layout" || shards === 0 ? layout : withNumber(layout, shards);
  }
}

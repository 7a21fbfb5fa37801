import { canShard } from "../codec/shard.js";
import type { ResolvedHome } from "../options/home.js";
import type { ObjectStore, StoreCall } from "../store/object-store.js";
import { isStoreError } from "../store/object-store-error.js";
import { type Stopwatch, startStopwatch } from "../time/stopwatch.js";
import { ANY_SHARDS, type Layout, UNSHARDED, withNumber } from "./layout.js";
import { readLayoutObject, unreadableLayout } from "./layout-object.js";

/** How long a layout is believed: half of how long before its use a new number is announced. */
export const REREAD_MS = 600_000;

/** Reads the layout of a home when it is asked for, and again every 10 minutes: a GET each time. */
export interface LayoutReader {
  /** For who looks for one event or writes one; throws if it can't be read. */
  read(signal?: AbortSignal): Promise<Layout>;
  /**
   * For sweepers, which must miss no event: if the object is no layout, all shards that there can be; if it can't be
   * read just now, what it said last. Throws if it was never read.
   */
  readToSweep(call: LayoutCall): Promise<Layout>;
}

interface LayoutCall extends Pick<StoreCall, "signal"> {
  /** The home's store, as this call is to use it. */
  readonly store: ObjectStore;
  /** Is told, once for each reading, that the object is no layout. */
  readonly onUnreadable: () => void;
}

interface LastReading {
  readonly layout: Layout | undefined;
  readonly ageMs: Stopwatch;
}

export function createLayoutReader(home: ResolvedHome): LayoutReader {
  let last: LastReading | undefined;
  let reading: Promise<LastReading> | undefined;
  const told = home.shards === "layout" ? 0 : home.shards;
  const withTold = (layout: Layout) => (told === 0 ? layout : withNumber(layout, told));

  const refresh = async (store: ObjectStore, signal: AbortSignal | undefined) => {
    const ageMs = startStopwatch(home.clock);
    const { layout } = await readLayoutObject({ ...home, store }, { signal });
    last = { layout, ageMs };
    return last;
  };
  const fresh = () => (last !== undefined && last.ageMs() < REREAD_MS ? last : undefined);

  /** One reading for all that ask at once. */
  const readOnce = async (signal: AbortSignal | undefined): Promise<LastReading> => {
    while (reading !== undefined) await reading.catch(() => {}); // who asked for it hears of that
    const found = fresh();
    if (found !== undefined) return found;
    reading = refresh(home.store, signal);
    try {
      return await reading;
    } finally {
      reading = undefined;
    }
  };

  return {
    async read(signal) {
      if (!canShard(home.codec)) return UNSHARDED;
      const { layout } = fresh() ?? (await readOnce(signal));
      if (layout === undefined) {
        last = undefined; // it may be repaired any time
        throw unreadableLayout(home);
      }
      return withTold(layout);
    },
    async readToSweep({ store, signal, onUnreadable }) {
      if (!canShard(home.codec)) return UNSHARDED;
      const known = fresh();
      const { layout } = known ?? (await refreshOrKeep(() => refresh(store, signal), last));
      if (known === undefined && layout === undefined) onUnreadable();
      return withTold(layout ?? ANY_SHARDS);
    },
  };
}

/** An old idea of the layout is better than none: it is read again by the next sweep. */
async function refreshOrKeep(
  refresh: () => Promise<LastReading>,
  last: LastReading | undefined,
): Promise<LastReading> {
  try {
    return await refresh();
  } catch (error) {
    if (last === undefined || !isStoreError(error) || !error.retryable) throw error;
    return last;
  }
}

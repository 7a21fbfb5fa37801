import { canShard } from "../key/delivery-id.js";
import { type Stopwatch, startStopwatch } from "../machine.js";
import type { Schedule } from "../options/schedule.js";
import type { ObjectStore } from "../store/object-store.js";
import { isStoreError } from "../store/object-store-error.js";
import { ANY_SHARDS, type ShardMap, UNSHARDED, withNumber } from "./shard-map.js";
import { readShardMap, unreadableShardMap } from "./shard-map-object.js";

/** How long a reading of the shard map is used: half of the time between announcing a number and using it. */
export const REREAD_MS = 600_000;

export interface SweepReading {
  readonly signal: AbortSignal | undefined;
  /** The schedule's store, as this sweep uses it. */
  readonly store: ObjectStore;
  /** Called once for each reading if the object is not a shard map. */
  readonly onUnreadable: () => void;
}

interface LastReading {
  readonly shardMap: ShardMap | undefined;
  readonly ageMs: Stopwatch;
}

/** Reads the shard map when it is first needed, and again every 10 minutes: a GET each time. */
export class ShardMapReader {
  readonly #home: Schedule;
  #last: LastReading | undefined;
  #reading: Promise<LastReading> | undefined;

  constructor(home: Schedule) {
    this.#home = home;
  }

  /** For a caller that looks for one event or writes one; throws if the shard map can't be read. */
  async read(signal?: AbortSignal): Promise<ShardMap> {
    if (!canShard(this.#home.codec)) return UNSHARDED;
    const { shardMap } = this.#fresh ?? (await this.#readOnce(signal));
    if (shardMap === undefined) {
      this.#last = undefined; // it may be repaired any time
      throw unreadableShardMap(this.#home);
    }
    return this.#withOwnNumber(shardMap);
  }

  /**
   * For sweepers, which must miss no event: if the object is not a shard map, returns all possible shards. If it can't be
   * read now, what it said last. Throws if it was never read.
   */
  async readToSweep({ store, signal, onUnreadable }: SweepReading): Promise<ShardMap> {
    if (!canShard(this.#home.codec)) return UNSHARDED;
    const known = this.#fresh;
    const { shardMap } = known ?? (await this.#refreshOrKeep(store, signal));
    if (known === undefined && shardMap === undefined) onUnreadable();
    return this.#withOwnNumber(shardMap ?? ANY_SHARDS);
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

  /** Uses the last reading if the store does not answer; the next sweep reads the shard map again. */
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
    const shardMap = await readShardMap({ ...this.#home, store, signal });
    this.#last = { shardMap, ageMs };
    return this.#last;
  }

  #withOwnNumber(shardMap: ShardMap): ShardMap {
    const { shards } = this.#home;
    return shards === "map" || shards === 0 ? shardMap : withNumber(shardMap, shards);
  }
}

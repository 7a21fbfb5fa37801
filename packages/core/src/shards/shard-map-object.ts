import { canShard } from "../key/delivery-id.js";
import type { CallContext, Schedule } from "../options/schedule.js";
import {
  changeShared,
  readShared,
  type SharedChange,
  type SharedObject,
  type SharedReading,
} from "../requests/shared-object.js";
import type { ObjectRef, ObjectStore } from "../store/object-store.js";
import { isStoreError, ObjectStoreError } from "../store/object-store-error.js";
import {
  ANY_SHARDS,
  believableShardMap,
  parseShardMapJson,
  type ShardMap,
  UNSHARDED,
  withNumber,
  writeShardMapJson,
} from "./shard-map.js";

const MOST_TRIES = 10;

type Reading = SharedReading<ShardMap>;

export function shardMapRef({ bucket, root }: Pick<Schedule, "bucket" | "root">): ObjectRef {
  return { bucket, key: `${root}/shards.json` };
}

function shardMapObject(schedule: Schedule): SharedObject<ShardMap> {
  return {
    ...schedule,
    ref: shardMapRef(schedule),
    missing: UNSHARDED,
    parse: parseShardMapJson,
    format: writeShardMapJson,
    mostTries: MOST_TRIES,
  };
}

/** Reads the shard map unchanged: one GET. A missing one means that there are no shards. */
export function readShardMap(context: CallContext): Promise<Reading> {
  return readShared(shardMapObject(context), context.signal);
}

/** A shard map and when it was read, by this machine's clock if the store's answers carry no time. */
export interface DatedShardMap {
  /** `undefined` if the object is not a shard map, or a later version wrote it. */
  readonly shardMap: ShardMap | undefined;
  readonly nowMs: number;
}

export async function readDatedShardMap(context: CallContext): Promise<DatedShardMap> {
  return toDated(context, await readShardMap(context));
}

/** Changes the shard map as `decide` says, against other writers (`changeShared`). */
export function changeShardMap<T>(
  context: CallContext,
  decide: (
    reading: DatedShardMap,
  ) => SharedChange<ShardMap, T> | Promise<SharedChange<ShardMap, T>>,
): Promise<T> {
  const decideDated = (reading: Reading) => decide(toDated(context, reading));
  return changeShared(shardMapObject(context), decideDated, context.signal);
}

function toDated({ clock }: Schedule, { state, storeMs }: Reading): DatedShardMap {
  const nowMs = storeMs ?? clock.now();
  return { shardMap: state && believableShardMap(state, nowMs), nowMs };
}

/** Throws if the shard map could not be read: the partitions are unknown. */
export function requireShardMap(shardMap: ShardMap | undefined, schedule: Schedule): ShardMap {
  if (shardMap !== undefined) return shardMap;
  throw new ObjectStoreError({
    ...shardMapRef(schedule),
    code: "unexpected",
    operation: "get",
    undecided: false,
    message:
      "this version of keywhen can't read the shard map: update keywhen, or write the map again with setShards()",
  });
}

/** How long a reading of the shard map is used: half of the time between announcing a number and using it. */
export const REREAD_MS = 600_000;

export interface SweepReading {
  readonly signal: AbortSignal | undefined;
  /** The schedule's store, as this sweep uses it. */
  readonly store: ObjectStore;
  /** Called once for each reading if the object is not a shard map. */
  readonly onUnreadable: () => void;
}

/** Reads the shard map when it is first needed, and again every 10 minutes: a GET each time. */
export class ShardMapReader {
  readonly #schedule: Schedule;
  #last: Reading | undefined;
  #reading: Promise<Reading> | undefined;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  /** For a caller that looks for an event or writes one; throws if the shard map can't be read. */
  async read(signal?: AbortSignal): Promise<ShardMap> {
    if (!canShard(this.#schedule.codec)) return UNSHARDED;
    const { state } = this.#fresh ?? (await this.#readOnce(signal));
    if (state === undefined) this.#last = undefined; // it may be repaired any time
    return this.#withOwnNumber(requireShardMap(state, this.#schedule));
  }

  /**
   * For sweepers, which must miss no event: all possible shards if the object is not a shard map, and the last reading if it
   * can't be read now. Throws if it was never read.
   */
  async readToSweep({ store, signal, onUnreadable }: SweepReading): Promise<ShardMap> {
    if (!canShard(this.#schedule.codec)) return UNSHARDED;
    if (this.#fresh !== undefined) return this.#withOwnNumber(this.#fresh.state ?? ANY_SHARDS);
    const { state } = await this.#refresh(store, signal).catch((error) => this.#lastDespite(error));
    if (state === undefined) onUnreadable();
    return this.#withOwnNumber(state ?? ANY_SHARDS);
  }

  get #fresh(): Reading | undefined {
    return this.#last !== undefined && this.#last.elapsedMs() < REREAD_MS ? this.#last : undefined;
  }

  /** One reading for all calls that need it at the same time. */
  async #readOnce(signal: AbortSignal | undefined): Promise<Reading> {
    while (this.#reading !== undefined) await this.#reading.catch(() => {}); // thrown to the call that started it
    if (this.#fresh !== undefined) return this.#fresh;
    this.#reading = this.#refresh(this.#schedule.store, signal);
    try {
      return await this.#reading;
    } finally {
      this.#reading = undefined;
    }
  }

  async #refresh(store: ObjectStore, signal: AbortSignal | undefined): Promise<Reading> {
    this.#last = await readShardMap({ ...this.#schedule, store, signal });
    return this.#last;
  }

  /** If the store does not answer; the next sweep reads again. */
  #lastDespite(error: unknown): Reading {
    if (this.#last === undefined || !isStoreError(error) || !error.retryable) throw error;
    return this.#last;
  }

  #withOwnNumber(shardMap: ShardMap): ShardMap {
    const { shards } = this.#schedule;
    return shards === "map" || shards === 0 ? shardMap : withNumber(shardMap, shards);
  }
}

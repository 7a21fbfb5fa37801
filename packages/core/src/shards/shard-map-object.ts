import type { CallContext, Schedule } from "../options/schedule.js";
import {
  changeShared,
  readShared,
  type SharedChange,
  type SharedObject,
  type SharedReading,
} from "../requests/shared-object.js";
import type { ObjectRef } from "../store/object-store.js";
import { ObjectStoreError } from "../store/object-store-error.js";
import {
  believableShardMap,
  parseShardMapJson,
  type ShardMap,
  UNSHARDED,
  writeShardMapJson,
} from "./shard-map.js";

/** A shard map and when it was read: by the store's clock, or by this machine's if the store's answers carry no time. */
export interface DatedShardMap {
  /** `undefined` if the object is not a shard map, or a later version wrote it. */
  readonly shardMap: ShardMap | undefined;
  readonly nowMs: number;
}

/** What to do with a shard map that has been read. */
export type ShardMapChange<T> = Pick<SharedChange<ShardMap, T>, "result" | "write">;

const MOST_TRIES = 10;

/** Where the shard map of a schedule is stored. */
export function shardMapRef({ bucket, root }: Pick<Schedule, "bucket" | "root">): ObjectRef {
  return { bucket, key: `${root}/shards.json` };
}

/** Reads the shard map unchanged: one GET. A missing shard map means that there are no shards. */
export async function readShardMap(context: CallContext): Promise<ShardMap | undefined> {
  const { state } = await readShared(shardMapObject(context), context.signal);
  return state;
}

/** Reads the shard map and the time: one GET. Throws if the object is not a shard map. */
export async function readDatedShardMap(
  context: CallContext,
): Promise<DatedShardMap & { readonly shardMap: ShardMap }> {
  const { shardMap, nowMs } = toDated(
    context,
    await readShared(shardMapObject(context), context.signal),
  );
  if (shardMap === undefined) throw unreadableShardMap(context);
  return { shardMap, nowMs };
}

/** Changes the shard map as `decide` says, against other writers (`changeShared`). */
export function changeShardMap<T>(
  context: CallContext,
  decide: (reading: DatedShardMap) => Promise<ShardMapChange<T>>,
): Promise<T> {
  const decideDated = (reading: SharedReading<ShardMap>) => decide(toDated(context, reading));
  return changeShared(shardMapObject(context), decideDated, context.signal);
}

function shardMapObject({ store, clock, random, ...home }: Schedule): SharedObject<ShardMap> {
  return {
    store,
    clock,
    random,
    ref: shardMapRef(home),
    missing: UNSHARDED,
    parse: parseShardMapJson,
    format: writeShardMapJson,
    mostTries: MOST_TRIES,
  };
}

function toDated({ clock }: Schedule, { state, storeMs }: SharedReading<ShardMap>): DatedShardMap {
  const nowMs = storeMs ?? clock.now();
  return { shardMap: state && believableShardMap(state, nowMs), nowMs };
}

/** Without a readable shard map, the partitions that contain events are unknown. */
export function unreadableShardMap(home: Schedule): ObjectStoreError {
  return new ObjectStoreError({
    ...shardMapRef(home),
    code: "unexpected",
    operation: "get",
    undecided: false,
    message: "this version cannot read it: update keywhen, or write it again with setShards()",
  });
}

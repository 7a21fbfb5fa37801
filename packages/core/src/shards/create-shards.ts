import { checkOptionNames } from "../input/option-names.js";
import { type CallOptions, signalOf } from "../options/check-options.js";
import {
  type CallContext,
  LOCATION_OPTIONS,
  resolveSchedule,
  type ScheduleLocation,
} from "../options/schedule.js";
import { guardedStore } from "../requests/guarded-store.js";
import { type DropShardsResult, dropShards } from "./drop-shards.js";
import { type SetShardsResult, setShards } from "./set-shards.js";
import { type ShardMap, shardsAt } from "./shard-map.js";
import { readDatedShardMap } from "./shard-map-object.js";

/** The numbers of shards of a schedule. */
export interface ShardNumbers {
  /** The number of shards that writers use now if they read the shard map; 0: none. */
  readonly shards: number;
  /** Every number whose shards may contain events, with the first instant when writers use it. Earlier instants come first. */
  readonly numbers: readonly { readonly shards: number; readonly from: Date }[];
}

/** Reads and changes the number of shards of a schedule. Holds nothing open. */
export interface Shards {
  /** Reads the shard map: one GET. */
  read(options?: CallOptions): Promise<ShardNumbers>;
  /**
   * Announces a number of shards, up to 256, or 0 for none. Writers that read the shard map use it after 20 minutes.
   * Safe at any time; events that wait stay where they are, and are delivered and found as before.
   */
  setShards(shards: number, options?: CallOptions): Promise<SetShardsResult>;
  /** Removes a number from the shard map that no writer has used for a day, if no waiting event depends on it. Lists its shards. */
  dropShards(shards: number, options?: CallOptions): Promise<DropShardsResult>;
}

/** Creates the control of one schedule's shards. Sends nothing by itself. */
export function createShards(options: ScheduleLocation): Shards {
  checkOptionNames(options, LOCATION_OPTIONS, "createShards()");
  const home = resolveSchedule(options);
  const store = guardedStore(home.store, home.clock);
  const contextOf = (call: CallOptions | undefined, of: string): CallContext => ({
    ...home,
    store,
    signal: signalOf(call, of),
  });
  return {
    read: async (call) => toShardNumbers(await readDatedShardMap(contextOf(call, "read()"))),
    setShards: async (shards, call) => setShards(contextOf(call, "setShards()"), shards),
    dropShards: async (shards, call) => dropShards(contextOf(call, "dropShards()"), shards),
  };
}

function toShardNumbers({ shardMap, nowMs }: { shardMap: ShardMap; nowMs: number }): ShardNumbers {
  return {
    shards: shardsAt(shardMap, nowMs),
    numbers: shardMap.numbers.map(({ shards, fromMs }) => ({ shards, from: new Date(fromMs) })),
  };
}

import { shardOf } from "../key/delivery-id.js";
import { asEventId, type EventId } from "../key/key-codec.js";
import type { CallContext, Schedule } from "../options/schedule.js";
import { listPages } from "../requests/list-and-delete.js";
import { shardPartition } from "./partitions.js";
import { checkShardNumber } from "./set-shards.js";
import { type ShardMap, shardCount, shardsAt } from "./shard-map.js";
import {
  changeShardMap,
  type DatedShardMap,
  type ShardMapChange,
  unreadableShardMap,
} from "./shard-map-object.js";

/**
 * What became of a `dropShards` call.
 *
 * - `dropped`: events are no longer looked for by that number.
 * - `not-found`: the shard map does not contain it.
 * - `in-use`: writers use it, or will, or did until less than a day ago; `until`: when it can be dropped at the earliest.
 * - `waiting`: an event waits where only this number says; drop it when that has been delivered or cancelled.
 */
export type DropShardsResult =
  | { readonly outcome: "dropped" | "not-found" }
  | { readonly outcome: "in-use"; readonly until: Date | undefined }
  | { readonly outcome: "waiting"; readonly id: EventId };

/** A writer that reads the shard map is at most 10 minutes behind. The rest is for puts and deployments in progress. */
const OLD_MS = 86_400_000;

/** Removes a number from the shard map, if no writer uses it and no waiting event depends on it. Lists its shards. */
export async function dropShards(context: CallContext, shards: number): Promise<DropShardsResult> {
  checkShardNumber(context, shards);
  let isTried = false;
  const decide = async ({
    shardMap,
    nowMs,
  }: DatedShardMap): Promise<ShardMapChange<DropShardsResult>> => {
    if (shardMap === undefined) throw unreadableShardMap(context);
    const isKnown = shardMap.numbers.some((number) => number.shards === shards);
    if (!isKnown) return { result: { outcome: isTried ? "dropped" : "not-found" } };
    const freeMs = unusedSinceMs(shardMap, shards, nowMs);
    if (freeMs === undefined || freeMs + OLD_MS > nowMs) {
      const until = freeMs === undefined ? undefined : new Date(freeMs + OLD_MS);
      return { result: { outcome: "in-use", until } };
    }
    const rest = { numbers: shardMap.numbers.filter((number) => number.shards !== shards) };
    const id = await findOnlyBy(context, shards, rest);
    if (id !== undefined) return { result: { outcome: "waiting", id: asEventId(id) } };
    isTried = true;
    return { result: { outcome: "dropped" }, write: rest };
  };
  return changeShardMap(context, decide);
}

/** Since when writers have used another number; `undefined` if they use it or will. */
function unusedSinceMs(shardMap: ShardMap, shards: number, nowMs: number): number | undefined {
  const { numbers } = shardMap;
  const last = numbers.findLastIndex((number) => number.shards === shards);
  const isToCome = numbers.some((number) => number.shards === shards && number.fromMs > nowMs);
  if (isToCome || shardsAt(shardMap, nowMs) === shards) return undefined;
  return numbers[last + 1]?.fromMs;
}

/** The first event that would not be looked for, or found, by the other numbers. */
async function findOnlyBy(
  context: CallContext,
  shards: number,
  rest: ShardMap,
): Promise<string | undefined> {
  const { bucket, store } = context;
  for (let shard = 0; shard < shards; shard++) {
    const { prefix } = shardPartition(context, shard);
    const range = { bucket, prefix, startAfter: prefix };
    for await (const objects of listPages(store, range, context)) {
      for (const { key } of objects) {
        const id = key.slice(prefix.length);
        if (await isOnlyBy(context, id, { shard, shards, rest })) return id;
      }
    }
  }
  return undefined;
}

async function isOnlyBy(
  { codec }: Schedule,
  id: string,
  { shard, shards, rest }: { shard: number; shards: number; rest: ShardMap },
): Promise<boolean> {
  const event = codec.decode(id);
  if (event === undefined) return false;
  if (shard >= shardCount(rest)) return true;
  const { deliveryId } = event;
  if (deliveryId === undefined || (await shardOf(deliveryId, shards)) !== shard) return false;
  for (const number of rest.numbers) {
    if (number.shards > 0 && (await shardOf(deliveryId, number.shards)) === shard) return false;
  }
  return true;
}

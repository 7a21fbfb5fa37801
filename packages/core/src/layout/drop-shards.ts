import { asEventId, type EventId } from "../codec/event-id.js";
import { shardOf } from "../codec/shard.js";
import type { CallContext, ResolvedHome } from "../options/home.js";
import { listPages } from "../requests/list-pages.js";
import { type Layout, shardCount, shardsAt } from "./layout.js";
import {
  changeLayout,
  type DatedLayout,
  type LayoutChange,
  unreadableLayout,
} from "./layout-object.js";
import { shardPartition } from "./partitions.js";
import { checkShardNumber } from "./set-shards.js";

/**
 * What became of a `dropShards` call.
 *
 * - `dropped`: events are no longer looked for by that number.
 * - `not-found`: it isn't in the layout.
 * - `in-use`: writers use it, or will, or did until less than a day ago; `until`: when it can be dropped at the earliest.
 * - `waiting`: an event waits where only this number says; drop it when that has been delivered or cancelled.
 */
export type ShardsDropped =
  | { readonly outcome: "dropped" | "not-found" }
  | { readonly outcome: "in-use"; readonly until: Date | undefined }
  | { readonly outcome: "waiting"; readonly id: EventId };

/** A writer that reads the layout is 10 minutes behind at most; the rest is for puts and deployments under way. */
const OLD_MS = 86_400_000;

/** Takes a number out of the layout, if no writer uses it and no event waits by it. Lists its shards. */
export async function dropShards(context: CallContext, shards: number): Promise<ShardsDropped> {
  checkShardNumber(context, shards);
  let isTried = false;
  const decide = async ({ layout, nowMs }: DatedLayout): Promise<LayoutChange<ShardsDropped>> => {
    if (layout === undefined) throw unreadableLayout(context);
    const isKnown = layout.numbers.some((number) => number.shards === shards);
    if (!isKnown) return { result: { outcome: isTried ? "dropped" : "not-found" } };
    const freeMs = unusedSinceMs(layout, shards, nowMs);
    if (freeMs === undefined || freeMs + OLD_MS > nowMs) {
      const until = freeMs === undefined ? undefined : new Date(freeMs + OLD_MS);
      return { result: { outcome: "in-use", until } };
    }
    const rest = { numbers: layout.numbers.filter((number) => number.shards !== shards) };
    const id = await findOnlyBy(context, shards, rest);
    if (id !== undefined) return { result: { outcome: "waiting", id: asEventId(id) } };
    isTried = true;
    return { result: { outcome: "dropped" }, write: rest };
  };
  return changeLayout(context, decide);
}

/** Since when writers have used another number; `undefined` if they use it or will. */
function unusedSinceMs(layout: Layout, shards: number, nowMs: number): number | undefined {
  const { numbers } = layout;
  const last = numbers.findLastIndex((number) => number.shards === shards);
  const isToCome = numbers.some((number) => number.shards === shards && number.fromMs > nowMs);
  if (isToCome || shardsAt(layout, nowMs) === shards) return undefined;
  return numbers[last + 1]?.fromMs;
}

/** The first event that would not be looked for, or found, by the other numbers. */
async function findOnlyBy(
  context: CallContext,
  shards: number,
  rest: Layout,
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
  { codec }: ResolvedHome,
  id: string,
  { shard, shards, rest }: { shard: number; shards: number; rest: Layout },
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

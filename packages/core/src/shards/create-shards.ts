import { checkValue } from "../input/check-value.js";
import { checkOptionNames } from "../input/option-names.js";
import { asEventId } from "../key/codec-v1.js";
import { checkCanShard, isShardNumber, MOST_SHARDS, shardOf } from "../key/delivery-id.js";
import type { EventId } from "../key/key-codec.js";
import { type CallOptions, signalOf } from "../options/check-options.js";
import {
  type CallContext,
  LOCATION_OPTIONS,
  resolveSchedule,
  type Schedule,
  type ScheduleLocation,
} from "../options/schedule.js";
import { guardedStore } from "../requests/guarded-store.js";
import { listPages } from "../requests/list-and-delete.js";
import { FIRST_INSTANT_MS } from "../time/instant.js";
import { shardPartition } from "./partitions.js";
import { hasNumber, type NumberInUse, type ShardMap, shardCount, shardsAt } from "./shard-map.js";
import { changeShardMap, readDatedShardMap, requireShardMap } from "./shard-map-object.js";

/** The numbers of shards of a schedule. @inline */
type ShardNumbers = {
  /** The number of shards that writers use now if they read the shard map; 0: none. */
  readonly shards: number;
  /** Every number whose shards may contain events, by rising instants from which writers use it. */
  readonly numbers: readonly { readonly shards: number; readonly from: Date }[];
};

/** What became of a `setShards` call. @inline */
type SetShardsResult = {
  readonly outcome: "set" | "unchanged";
  readonly shards: number;
  readonly from: Date;
};

/** What became of a `dropShards` call. @inline */
type DropShardsResult =
  | { readonly outcome: "dropped" | "not-found" }
  | { readonly outcome: "in-use"; readonly until: Date | undefined }
  | { readonly outcome: "waiting"; readonly id: EventId };

/** Reads and changes the number of shards of a schedule. Holds nothing open. */
export interface Shards {
  /** Reads the shard map: one GET. */
  read(options?: CallOptions): Promise<ShardNumbers>;
  /**
   * Announces a number of shards, up to 256, or 0 for none. Writers that read the shard map use it after 20 minutes, from the
   * instant that is returned. Safe at any time: events that wait stay where they are, and are delivered and found as before.
   * `unchanged`: the number was announced already.
   */
  setShards(shards: number, options?: CallOptions): Promise<SetShardsResult>;
  /**
   * Removes a number that no writer has used for a day, if no waiting event depends on it. Lists its shards.
   *
   * - `dropped`: no call looks for events by that number any more.
   * - `not-found`: the shard map does not contain it.
   * - `in-use`: writers use it, or will, or did less than a day ago; `until`: when it can be dropped at the earliest.
   * - `waiting`: only this number finds event `id`; drop it when that has been delivered or cancelled.
   */
  dropShards(shards: number, options?: CallOptions): Promise<DropShardsResult>;
}

/** Creates the control of one schedule's shards. Sends nothing by itself. */
export function createShards(options: ScheduleLocation): Shards {
  checkOptionNames(options, LOCATION_OPTIONS, "createShards()");
  const given = resolveSchedule(options);
  const guarded = { ...given, store: guardedStore(given.store, given.clock) };
  const contextOf = (call: CallOptions | undefined, of: string): CallContext => {
    return { ...guarded, signal: signalOf(call, of) };
  };
  return {
    read: async (call) => readNumbers(contextOf(call, "read()")),
    setShards: async (shards, call) => setShards(contextOf(call, "setShards()"), shards),
    dropShards: async (shards, call) => dropShards(contextOf(call, "dropShards()"), shards),
  };
}

async function readNumbers(context: CallContext): Promise<ShardNumbers> {
  const { shardMap, nowMs } = await readDatedShardMap(context);
  const { numbers } = requireShardMap(shardMap, context);
  return {
    shards: shardsAt({ numbers }, nowMs),
    numbers: numbers.map(({ shards, fromMs }) => ({ shards, from: new Date(fromMs) })),
  };
}

/** How long ahead a number is announced: twice as long as a reading of the shard map is used. */
const ANNOUNCED_MS = 1_200_000;
/** Writers that read the shard map are at most 10 minutes behind. The rest is for puts and deployments in progress. */
const OLD_MS = 86_400_000;

async function setShards(context: CallContext, shards: number): Promise<SetShardsResult> {
  checkShardNumber(context, shards);
  return changeShardMap<SetShardsResult>(context, ({ shardMap: known, nowMs }) => {
    const last = known && (known.numbers.at(-1) ?? { shards: 0, fromMs: nowMs });
    if (last?.shards === shards) {
      return { result: { outcome: "unchanged", shards, from: new Date(last.fromMs) } };
    }
    const fromMs = nowMs + ANNOUNCED_MS;
    const numbers = withoutRepeats(known ?? replacement(nowMs), nowMs);
    return {
      result: { outcome: "set", shards, from: new Date(fromMs) },
      write: { numbers: [...numbers, { shards, fromMs }] },
      isIn: (later) => later.numbers.some((one) => one.shards === shards && one.fromMs === fromMs),
    };
  });
}

/** Replaces an object that can't be read. It may have held any number, so all shards may contain events. */
function replacement(nowMs: number): ShardMap {
  return {
    numbers: [
      { shards: MOST_SHARDS, fromMs: FIRST_INSTANT_MS },
      { shards: 0, fromMs: nowMs },
    ],
  };
}

/** Leaves out earlier entries of the number that writers use now. */
function withoutRepeats(shardMap: ShardMap, nowMs: number): readonly NumberInUse[] {
  const current = shardsAt(shardMap, nowMs);
  const begun = shardMap.numbers.findLast(({ fromMs }) => fromMs <= nowMs);
  return shardMap.numbers.filter(
    (number) => number.shards !== current || number.fromMs > nowMs || number === begun,
  );
}

async function dropShards(context: CallContext, shards: number): Promise<DropShardsResult> {
  checkShardNumber(context, shards);
  return changeShardMap<DropShardsResult>(context, async ({ shardMap: known, nowMs }) => {
    const shardMap = requireShardMap(known, context);
    if (!hasNumber(shardMap, shards)) return { result: { outcome: "not-found" } };
    const freeMs = unusedSinceMs(shardMap, shards, nowMs);
    if (freeMs === undefined) return { result: { outcome: "in-use", until: undefined } };
    const untilMs = freeMs + OLD_MS;
    if (untilMs > nowMs) return { result: { outcome: "in-use", until: new Date(untilMs) } };
    const rest = { numbers: shardMap.numbers.filter((number) => number.shards !== shards) };
    const id = await findOnlyBy(context, shards, rest);
    if (id !== undefined) return { result: { outcome: "waiting", id } };
    const isIn = (later: ShardMap) => !hasNumber(later, shards);
    return { result: { outcome: "dropped" }, write: rest, isIn };
  });
}

/** Since when writers have used another number; `undefined` if they use it or will. */
function unusedSinceMs(shardMap: ShardMap, shards: number, nowMs: number): number | undefined {
  const { numbers } = shardMap;
  const last = numbers.findLastIndex((number) => number.shards === shards);
  const isToCome = numbers.some((number) => number.shards === shards && number.fromMs > nowMs);
  if (isToCome || shardsAt(shardMap, nowMs) === shards) return undefined;
  return numbers[last + 1]?.fromMs;
}

/** The first event that the other numbers would not find. */
async function findOnlyBy(
  context: CallContext,
  shards: number,
  rest: ShardMap,
): Promise<EventId | undefined> {
  const { bucket, codec, store } = context;
  for (let shard = 0; shard < shards; shard++) {
    const { prefix } = shardPartition(context, shard);
    const range = { bucket, prefix, startAfter: prefix };
    for await (const objects of listPages(store, range, context)) {
      for (const { key } of objects) {
        const id = asEventId(key.slice(prefix.length));
        const event = codec.decode(id);
        if (event && (await isOnlyBy(event.deliveryId, { shard, shards, rest }))) return id;
      }
    }
  }
  return undefined;
}

async function isOnlyBy(
  deliveryId: string | undefined,
  { shard, shards, rest }: { shard: number; shards: number; rest: ShardMap },
): Promise<boolean> {
  if (shard >= shardCount(rest)) return true;
  const isFoundBy = async (number: number) =>
    deliveryId !== undefined && number > 0 && (await shardOf(deliveryId, number)) === shard;
  const others = await Promise.all(rest.numbers.map((number) => isFoundBy(number.shards)));
  return (await isFoundBy(shards)) && !others.includes(true);
}

function checkShardNumber({ codec }: Schedule, shards: number): void {
  checkCanShard(codec);
  const rule = `The number of shards must be a whole number from 0 (none) to ${MOST_SHARDS}`;
  checkValue(isShardNumber(shards), shards, rule);
}

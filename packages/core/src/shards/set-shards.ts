import { KeywhenError } from "../errors.js";
import { checkCanShard, isShardNumber, MOST_SHARDS } from "../key/delivery-id.js";
import type { CallContext, Schedule } from "../options/schedule.js";
import { FIRST_INSTANT_MS } from "../time/instant.js";
import { type NumberInUse, type ShardMap, shardsAt } from "./shard-map.js";
import { changeShardMap, type DatedShardMap, type ShardMapChange } from "./shard-map-object.js";

/** What became of a `setShards` call. Writers use the number from `from` on, or use it already (`unchanged`). */
export type SetShardsResult = {
  readonly outcome: "set" | "unchanged";
  readonly shards: number;
  readonly from: Date;
};

/** How long ahead a number is announced: twice as long as a reading of the shard map is used. */
const ANNOUNCED_MS = 1_200_000;

/** Announces a number of shards to every writer that reads the shard map. Events that are stored stay where they are. */
export async function setShards(context: CallContext, shards: number): Promise<SetShardsResult> {
  checkShardNumber(context, shards);
  let announced: NumberInUse | undefined; // by a write of ours whose answer is missing
  const decide = async (reading: DatedShardMap): Promise<ShardMapChange<SetShardsResult>> => {
    const shardMap = reading.shardMap ?? replacement(reading.nowMs);
    const last = shardMap.numbers.at(-1) ?? { shards: 0, fromMs: reading.nowMs };
    if (reading.shardMap !== undefined && last.shards === shards) {
      const isOurs = announced?.fromMs === last.fromMs;
      return { result: resultOf(isOurs ? "set" : "unchanged", last) };
    }
    announced = { shards, fromMs: reading.nowMs + ANNOUNCED_MS };
    const numbers = [...withoutRepeats(shardMap, reading.nowMs), announced];
    return { result: resultOf("set", announced), write: { numbers } };
  };
  return changeShardMap(context, decide);
}

/** Replaces an object that can't be read. It may have held any number, so all shards are looked into from now on. */
function replacement(nowMs: number): ShardMap {
  return {
    numbers: [
      { shards: MOST_SHARDS, fromMs: FIRST_INSTANT_MS },
      { shards: 0, fromMs: nowMs },
    ],
  };
}

function resultOf(
  outcome: SetShardsResult["outcome"],
  { shards, fromMs }: NumberInUse,
): SetShardsResult {
  return { outcome, shards, from: new Date(fromMs) };
}

/** Leaves out earlier entries of the number that writers use now. */
function withoutRepeats(shardMap: ShardMap, nowMs: number): readonly NumberInUse[] {
  const current = shardsAt(shardMap, nowMs);
  const begun = shardMap.numbers.findLast(({ fromMs }) => fromMs <= nowMs);
  return shardMap.numbers.filter(
    (number) => number.shards !== current || number.fromMs > nowMs || number === begun,
  );
}

export function checkShardNumber({ codec }: Schedule, shards: number): void {
  checkCanShard(codec);
  if (isShardNumber(shards)) return;
  throw new KeywhenError(
    "invalid-option",
    `${shards} can't be a number of shards: give a whole number up to ${MOST_SHARDS}; 0 for none.`,
  );
}

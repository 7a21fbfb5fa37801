import { isShardNumber, MOST_SHARDS } from "../key/delivery-id.js";
import { FIRST_INSTANT_MS, formatInstant, parseWholeInstant } from "../time/instant.js";
import { isJsonObject, parseJson } from "../values.js";

/** A number of shards that is in use. */
export interface NumberInUse {
  /** 0: none, events are in `pending/`. */
  readonly shards: number;
  /** Writers use it from this instant on, until that of the next number. */
  readonly fromMs: number;
}

/** Every number of shards whose events may wait, by rising `fromMs`. */
export interface ShardMap {
  readonly numbers: readonly NumberInUse[];
}

export const UNSHARDED: ShardMap = { numbers: [] };

/** A shard map that can't be read: any shard may hold events. */
export const ANY_SHARDS: ShardMap = {
  numbers: [{ shards: MOST_SHARDS, fromMs: Number.NEGATIVE_INFINITY }],
};

/** The number that writers use at an instant. */
export function shardsAt({ numbers }: ShardMap, nowMs: number): number {
  return numbers.findLast(({ fromMs }) => fromMs <= nowMs)?.shards ?? 0;
}

/** How many shards may contain events: those of a smaller number are among those of a larger one. */
export function shardCount({ numbers }: ShardMap): number {
  return Math.max(0, ...numbers.map(({ shards }) => shards));
}

export function hasNumber({ numbers }: ShardMap, shards: number): boolean {
  return numbers.some((number) => number.shards === shards);
}

/** Adds a number that a writer or sweeper was configured with. */
export function withNumber(shardMap: ShardMap, shards: number): ShardMap {
  if (hasNumber(shardMap, shards)) return shardMap;
  return { numbers: [{ shards, fromMs: Number.NEGATIVE_INFINITY }, ...shardMap.numbers] };
}

/** Numbers are announced minutes ahead: an instant beyond this is a mistake. */
const FARTHEST_MS = 86_400_000;

/**
 * Moves numbers that begin days ahead to the past: there they could not be set or dropped until then. Events may be in their
 * shards, so sweepers look there until they are dropped.
 */
export function believableShardMap(shardMap: ShardMap, nowMs: number): ShardMap {
  const believed = shardMap.numbers.filter(({ fromMs }) => fromMs <= nowMs + FARTHEST_MS);
  if (believed.length === shardMap.numbers.length) return shardMap;
  const kept = shardMap.numbers
    .filter(({ shards }) => !hasNumber({ numbers: believed }, shards))
    .map(({ shards }): NumberInUse => ({ shards, fromMs: FIRST_INSTANT_MS }));
  const hasBegun = believed.some(({ fromMs }) => fromMs <= nowMs);
  const none = { shards: 0, fromMs: FIRST_INSTANT_MS + 1 };
  return { numbers: [...kept, ...(hasBegun ? [] : [none]), ...believed] };
}

const VERSION = 1;

/** Writes a shard map, with a nonce, because on S3 the version of an object is a hash of its content. */
export function writeShardMapJson({ numbers }: ShardMap, nonce: string): string {
  return JSON.stringify({
    version: VERSION,
    numbers: numbers.map(({ shards, fromMs }) => ({ shards, from: formatInstant(fromMs) })),
    nonce,
  });
}

/** Reads a shard map; `undefined` for any other text, and for a later version. Ignores unknown fields. */
export function parseShardMapJson(text: string): ShardMap | undefined {
  const json = parseJson(text);
  if (!isJsonObject(json) || json["version"] !== VERSION) return undefined;
  if (!Array.isArray(json["numbers"])) return undefined;
  const numbers = json["numbers"].map(parseNumber);
  if (!numbers.every((number) => number !== undefined)) return undefined; // events may be in its shards
  return { numbers: numbers.sort((one, other) => one.fromMs - other.fromMs) };
}

function parseNumber(json: unknown): NumberInUse | undefined {
  if (!isJsonObject(json)) return undefined;
  const { shards } = json;
  const fromMs = parseWholeInstant(json["from"]);
  if (fromMs === undefined || !isShardNumber(shards)) return undefined;
  return { shards, fromMs };
}

import { KeywhenError, type SweepShard } from "@keywhen/core";

/** Returns the shard that an invocation's event names, or `undefined` if it names none: then all shards are swept. */
export function shardOf(event: unknown): SweepShard | undefined {
  if (typeof event !== "object" || event === null || !("shard" in event)) return undefined;
  const { shard } = event;
  if (isSweepShard(shard)) return shard;
  throw new KeywhenError(
    "invalid-option",
    `The event's shard must be like {"shard":{"index":1,"count":4}} (got ${JSON.stringify(shard)}).`,
  );
}

function isSweepShard(value: unknown): value is SweepShard {
  if (typeof value !== "object" || value === null) return false;
  if (!("index" in value && "count" in value)) return false;
  return typeof value.index === "number" && typeof value.count === "number";
}

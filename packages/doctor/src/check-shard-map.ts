import {
  canShard,
  formatInstant,
  listPage,
  MOST_SHARDS,
  pendingPartition,
  readShardMap,
  type ShardMap,
  shardCount,
  shardMapRef,
  shardPartition,
  shardsAt,
  withNumber,
} from "@keywhen/core/internal";
import type { Finding } from "@keywhen/core/store";
import { type Examination, finding } from "./examination.js";

const name = "shard map";

/** Reports the number of shards, and whether events are in a shard that no sweeper lists. */
export async function checkShardMap(examination: Examination): Promise<Finding | undefined> {
  if (!canShard(examination.home.codec)) return undefined;
  return finding(name, async () => {
    const { home, store, call } = examination;
    const { state: shardMap } = await readShardMap({ ...home, store, signal: call.signal });
    if (shardMap === undefined) return unreadable(examination);
    const known = home.shards === "map" ? shardMap : withNumber(shardMap, home.shards);
    const stray = await findStray(examination, known);
    return stray === undefined ? describe(shardMap, home.clock.now()) : strays(stray);
  });
}

function describe(shardMap: ShardMap, nowMs: number): Finding {
  const used = shardsAt(shardMap, nowMs);
  const others = shardMap.numbers.flatMap(({ shards, fromMs }) => {
    if (fromMs > nowMs) return [`${shards} from ${formatInstant(fromMs)} on`];
    return shards === used || shards === 0 ? [] : [`events in ${shards} still listed`];
  });
  const now = used === 0 ? "no shards" : `${used} shards`;
  return { name, status: "ok", detail: [now, ...others].join(", ") };
}

/** Returns the first key after all shards that sweepers list. */
async function findStray(
  { home, store, call }: Examination,
  shardMap: ShardMap,
): Promise<string | undefined> {
  const count = shardCount(shardMap);
  if (count === MOST_SHARDS) return undefined;
  const prefix = pendingPartition(home).prefix.replace(/\/$/, ".");
  const startAfter = shardPartition(home, count).prefix;
  const page = { bucket: home.bucket, prefix, startAfter, limit: 1 };
  const { objects } = await listPage(store, page, call);
  return objects[0]?.key;
}

function strays(key: string): Finding {
  const detail = `${key} is in a shard that no sweeper lists`;
  const hint = "set the number that its writer uses: keywhen shards set";
  return { name, status: "fail", detail, hint };
}

function unreadable({ home }: Examination): Finding {
  const detail = `${shardMapRef(home).key} is not a shard map, or a newer version wrote it`;
  const hint =
    "sweepers list all 256 shards until this is fixed; install the newest keywhen, or replace the file with keywhen shards set";
  return { name, status: "fail", detail, hint };
}

import {
  ANY_SHARDS,
  canLease,
  canShard,
  dropExpired,
  listPage,
  type Partition,
  readLease,
  readShardMap,
  shardCount,
  shardPartition,
  UNSHARDED,
} from "@keywhen/core/internal";
import type { Finding } from "@keywhen/core/store";
import { lagFinding } from "./check-listing.js";
import { type Examination, finding, toleratedFinding } from "./examination.js";

/** Reports how long the oldest due event of all shards has waited, and how many shards are being swept. */
export async function* checkShards(examination: Examination): AsyncGenerator<Finding, void> {
  const { home, store, call } = examination;
  if (!canShard(home.codec)) return;
  const context = { ...home, store, signal: call.signal };
  const { state } = await readShardMap(context).catch(() => ({ state: UNSHARDED })); // checkShardMap has reported it
  const count = shardCount(state ?? ANY_SHARDS);
  if (count === 0) return;
  const shards = Array.from({ length: count }, (_, shard) => shardPartition(home, shard));
  yield await finding("lag in shards", () => lagIn(shards, examination));
  if (!canLease(store.capabilities)) return;
  yield await toleratedFinding("leases of shards", () => leasesOf(shards, examination));
}

async function lagIn(
  shards: readonly Partition[],
  { home, store, call }: Examination,
): Promise<Finding> {
  const name = "lag in shards";
  let oldestMs = Number.POSITIVE_INFINITY;
  const { bucket, codec } = home;
  for (const { prefix } of shards) {
    const { objects } = await listPage(store, { bucket, prefix, limit: LOOKED_AT }, call);
    for (const { key } of objects) {
      const event = codec.decode(key.slice(prefix.length));
      oldestMs = Math.min(oldestMs, event?.atMs ?? oldestMs);
    }
  }
  if (oldestMs === Number.POSITIVE_INFINITY) return { name, status: "ok", detail: "nothing waits" };
  return lagFinding(name, home.clock.now() - oldestMs);
}

/** The first object may be unrecognized. */
const LOOKED_AT = 10;

async function leasesOf(
  shards: readonly Partition[],
  { home, store, call }: Examination,
): Promise<Finding> {
  const name = "leases of shards";
  const signal = call.signal ?? new AbortController().signal;
  let held = 0;
  for (const { leaseKey } of shards) {
    const { state, storeMs } = await readLease({ ...home, store, leaseKey }, signal);
    if (dropExpired(state, storeMs).holders.length > 0) held += 1;
  }
  return { name, status: "ok", detail: `held in ${held} of ${shards.length} right now` };
}
